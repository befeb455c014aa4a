import { declarePermissionEffects, type PermissionEffects } from '@saas/auth';
import type { InboxEvent } from './inbox/inbox.events.ts';
import type { NotificationEvent } from './notification/notification.events.ts';
import type { PreferencesEvent } from './preferences/preferences.events.ts';
import type { RecipientEvent } from './recipient/recipient.events.ts';
import type { WebhookEvent } from './webhook/webhook.events.ts';

/** Who may see something else after an event. Everybody sees their own inbox alone, as long as they are there. */
export const notificationsPermissionEffects: PermissionEffects = declarePermissionEffects<
  InboxEvent | NotificationEvent | PreferencesEvent | RecipientEvent | WebhookEvent
>({
  InboxWasReadUpTo: 'nobody',
  NotificationWasCreated: 'nobody',
  NotificationWasRead: 'nobody',
  NotificationWasArchived: 'nobody',
  NotificationPreferenceWasChanged: 'nobody',
  EmailDigestWasChanged: 'nobody',
  RecipientWasErased: ({ userId }) => [userId],
  WebhookWasSet: 'nobody',
  WebhookWasRemoved: 'nobody',
});
