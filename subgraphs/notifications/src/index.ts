export { notificationStream } from './notification/notification.values.ts';
export { readNotificationsConfig, type NotificationsConfig } from './notifications.config.ts';
export {
  notificationsProjections,
  notificationsServices,
  startNotifications,
  type NotificationsAdapters,
  type RunningNotifications,
} from './wiring.ts';
