import type { Decider } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';
import type { RecipientEvent } from './recipient.events.ts';

export type RecipientCommand = {
  readonly type: 'EraseRecipient';
  readonly userId: UserId;
  readonly at: string;
};

export type Recipient = { readonly status: 'known' | 'erased' };

/** A person whom this service tells things, until they are erased. The users service has decided; nobody is refused here. */
export const recipient: Decider<Recipient, RecipientCommand, RecipientEvent> = {
  initialState: { status: 'known' },
  evolve: () => ({ status: 'erased' }),
  decide: ({ userId, at }, { status }) =>
    status === 'erased' ? [] : [{ type: 'RecipientWasErased', data: { userId, at } }],
};
