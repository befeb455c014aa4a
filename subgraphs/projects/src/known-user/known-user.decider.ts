import type { Decider } from '@saas/event-sourcing';
import { assertNever, type UserId } from '@saas/kernel';
import type { KnownUserEvent } from './known-user.events.ts';

export type KnownUserCommand =
  | { readonly type: 'LearnOfUser'; readonly userId: UserId; readonly at: string }
  | { readonly type: 'LearnOfDeactivation'; readonly userId: UserId; readonly at: string };

export type KnownUser = { readonly status: 'unknown' | 'active' | 'deactivated' };

/** How a user stands with this service; `too-new`: not known, but the account may have been opened a moment ago. */
export type Standing = KnownUser['status'] | 'too-new';

const decide = ({ type, userId, at }: KnownUserCommand, { status }: KnownUser): readonly KnownUserEvent[] => {
  switch (type) {
    case 'LearnOfUser':
      return status === 'unknown' ? [{ type: 'UserBecameKnown', data: { userId, at } }] : [];
    case 'LearnOfDeactivation':
      return status === 'deactivated' ? [] : [{ type: 'KnownUserWasDeactivated', data: { userId, at } }];
    default:
      return assertNever(type);
  }
};

const evolve = (_: KnownUser, event: KnownUserEvent): KnownUser => {
  switch (event.type) {
    case 'UserBecameKnown':
      return { status: 'active' };
    case 'KnownUserWasDeactivated':
      return { status: 'deactivated' };
    default:
      return assertNever(event);
  }
};

/** What is known here of another service's user. It has nobody to refuse: the users service has decided. */
export const knownUser: Decider<KnownUser, KnownUserCommand, KnownUserEvent> = {
  initialState: { status: 'unknown' },
  evolve,
  decide,
};
