import { dateTimeScalar } from '@saas/subgraph';
import { deliveryResolvers } from './delivery/delivery.resolvers.ts';
import { inboxResolvers } from './inbox/inbox.resolvers.ts';
import { notificationListResolvers } from './notification-list/notification-list.resolvers.ts';
import { notificationResolvers } from './notification/notification.resolvers.ts';
import { preferencesResolvers } from './preferences/preferences.resolvers.ts';
import { webhookResolvers } from './webhook/webhook.resolvers.ts';

/** Every resolver of the subgraph; `schema.graphql` says what they answer. */
export const notificationsResolvers = {
  DateTime: dateTimeScalar,
  Query: { ...notificationListResolvers.Query, ...preferencesResolvers.Query, ...webhookResolvers.Query },
  Mutation: {
    ...notificationResolvers.Mutation,
    ...inboxResolvers.Mutation,
    ...preferencesResolvers.Mutation,
    ...webhookResolvers.Mutation,
  },
  Notification: { ...notificationResolvers.Notification, ...deliveryResolvers.Notification },
  NotificationDelivery: deliveryResolvers.NotificationDelivery,
  Inbox: inboxResolvers.Inbox,
  NotificationPreferences: preferencesResolvers.NotificationPreferences,
  User: notificationListResolvers.User,
};
