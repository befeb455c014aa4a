import { describePermissionEffects } from '@saas/auth/testing';
import { notificationsEvents } from './notifications.events.ts';
import { notificationsPermissionEffects } from './notifications-permissions.values.ts';

describePermissionEffects({
  service: 'notifications',
  effects: notificationsPermissionEffects,
  types: notificationsEvents.keys(),
});
