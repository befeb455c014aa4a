import type { RecordedEvent } from '@saas/event-sourcing';
import type { TenantId, UserId } from '@saas/kernel';
import type { RecipientEvent } from './recipient.events.ts';

/** Whom the read models have to forget by these events. Rows of theirs that come earlier in the log are written before. */
export const erasedRecipients = (
  events: readonly RecordedEvent[],
): readonly { readonly tenantId: TenantId; readonly userId: UserId }[] =>
  events.filter(isErasure).map(({ tenantId, data }) => ({ tenantId, userId: data.userId }));

const isErasure = (event: RecordedEvent): event is RecordedEvent<RecipientEvent> =>
  event.type === 'RecipientWasErased';
