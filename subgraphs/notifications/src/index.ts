export { accountChanges, notificationKinds } from './notification/notification.values.ts';
export { notificationStream, type NotificationKind } from './notification/notification.values.ts';
export { readNotificationsConfig, type NotificationsConfig } from './notifications.config.ts';
export { startNotifications, type NotificationsAdapters, type RunningNotifications } from './wiring.ts';
