export { notificationListProjection } from './notification-list/notification-list.projection.ts';
export { notificationStream } from './notification/notification.values.ts';
export { readNotificationsConfig, type NotificationsConfig } from './notifications.config.ts';
export { preferencesProjection } from './preferences/preferences.projection.ts';
export { startNotifications, type NotificationsAdapters, type RunningNotifications } from './wiring.ts';
