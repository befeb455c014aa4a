export { startDelivering, type DeliveringOptions } from './delivery/delivering.process.ts';
export type { TakenDelivery } from './delivery/delivery-queue.queries.ts';
export { deliveryErrors } from './delivery/delivery.errors.ts';
export type { Mail, Mailer } from './delivery/mail.port.ts';
export { notificationStream } from './notification/notification.values.ts';
export { notificationsEvents } from './notifications.events.ts';
export { readNotificationsConfig, type NotificationsConfig } from './notifications.config.ts';
export {
  notificationsReadModels,
  notificationsRebuilding,
  notificationsServices,
  openNotificationsStore,
  startNotifications,
  type NotificationsAdapters,
  type RunningNotifications,
} from './wiring.ts';
