import type { Prisma } from '@saas/prisma-users';
import type { InlineProjection } from '@saas/postgres';
import type { RecordedEvent } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { SessionEvent } from './session.events.ts';

/** Keeps everybody's sessions. Hashes of secrets stay in the stream. */
export const sessionsProjection: InlineProjection<Prisma.TransactionClient> = {
  name: 'sessions-1',
  async apply(events, tx) {
    for (const event of events.filter(isSessionEvent)) {
      const { tenantId, stream } = event;
      const where = { tenantId, sessionId: stream.slice('session-'.length) };
      switch (event.type) {
        case 'SessionWasStarted': {
          const { sessionId, userId, epoch, expiresAt, at } = event.data;
          const times = { startedAt: at, lastUsedAt: at, expiresAt };
          await tx.userSession.createMany({ data: [{ sessionId, tenantId, userId, epoch, ...times }] });
          break;
        }
        case 'SessionWasRefreshed': {
          const { at, expiresAt } = event.data;
          await tx.userSession.updateMany({ where, data: { lastUsedAt: at, expiresAt } });
          break;
        }
        case 'SessionWasRevoked':
          await tx.userSession.updateMany({ where, data: { revokedAt: event.data.at } });
          break;
        default:
          assertNever(event);
      }
    }
  },
};

const isSessionEvent = (event: RecordedEvent): event is RecordedEvent<SessionEvent> =>
  event.stream.startsWith('session-');
