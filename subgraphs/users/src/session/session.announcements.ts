import type { Announcement, StreamId } from '@saas/event-sourcing';
import type { Session } from './session.decider.ts';
import type { SessionEvent } from './session.events.ts';

/** Others hear of a session only when it ended because its token was in two hands. */
export const announceSession = (
  { type, data }: SessionEvent,
  _: StreamId,
  state: Session,
): readonly Announcement[] => {
  if (type !== 'SessionWasRevoked' || data.reason !== 'TOKEN_REUSED' || state.status === 'absent') return [];
  const body = { userId: state.userId, at: data.at };
  return [{ topic: 'user_events', routingKey: 'user.sessions_revoked', body }];
};
