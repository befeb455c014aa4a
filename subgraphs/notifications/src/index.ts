export { notificationStream } from './notification/notification.values.ts';
export { notificationsEvents } from './notifications.events.ts';
export { readNotificationsConfig, type NotificationsConfig } from './notifications.config.ts';
export {
  notificationsReadModels,
  notificationsRebuilding,
  notificationsServices,
  startNotifications,
  type NotificationsAdapters,
  type RunningNotifications,
} from './wiring.ts';
