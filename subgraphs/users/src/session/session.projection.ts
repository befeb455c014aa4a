import type { Prisma } from '@saas/prisma-users';
import type { ReadModel } from '@saas/postgres';
import type { RecordedEvent } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { AccountEvent } from '../account/account.events.ts';
import type { SessionEvent } from './session.events.ts';

type Tx = Prisma.TransactionClient;
type Recorded = RecordedEvent<SessionEvent>;

/**
 * Keeps everybody's sessions, by at most one statement for new ones and one for the others. Hashes of secrets stay in
 * the stream.
 */
export const sessionsProjection: ReadModel<Tx> = {
  name: 'sessions-1',
  tables: ['user_sessions'],
  async apply(events, tx) {
    const { created, changed } = sessionRowsOf(events.filter(isSessionEvent));
    if (created.length > 0) await insertSessions(tx, created);
    if (changed.length > 0) await patchSessions(tx, changed);
    // Last: an erased person begins no further session.
    for (const { tenantId, stream, data } of events.filter(isErasure)) {
      const where = { tenantId, userId: stream.slice('account-'.length), revokedAt: null };
      await tx.userSession.updateMany({ where, data: { revokedAt: data.at } });
    }
  },
};

/** Whoever is erased is signed out everywhere, in the same transaction. */
const isErasure = (
  event: RecordedEvent,
): event is RecordedEvent<Extract<AccountEvent, { type: 'UserWasErased' }>> => event.type === 'UserWasErased';

const isSessionEvent = (event: RecordedEvent): event is Recorded => event.stream.startsWith('session-');

// The keys are columns: what is given is written, what is not stays as it is.
type Patch = {
  readonly tenant_id: string;
  readonly session_id: string;
  readonly [column: string]: string | number | null;
};

const sessionRowsOf = (events: readonly Recorded[]) => {
  const created = new Map<string, Patch>();
  const changed = new Map<string, Patch>();
  for (const event of events) {
    const session_id = event.stream.slice('session-'.length);
    const rows = event.type === 'SessionWasStarted' || created.has(session_id) ? created : changed;
    rows.set(session_id, {
      ...rows.get(session_id),
      ...columnsOf(event),
      tenant_id: event.tenantId,
      session_id,
    });
  }
  return { created: [...created.values()], changed: [...changed.values()] };
};

const columnsOf = ({ type, data }: Recorded) => {
  switch (type) {
    case 'SessionWasStarted': {
      const { userId, epoch, expiresAt, at } = data;
      return { user_id: userId, epoch, started_at: at, last_used_at: at, expires_at: expiresAt };
    }
    case 'SessionWasRefreshed':
      return { last_used_at: data.at, expires_at: data.expiresAt };
    case 'SessionWasRevoked':
      return { revoked_at: data.at };
    default:
      return assertNever(type);
  }
};

const insertSessions = (tx: Tx, created: readonly Patch[]): Promise<number> => tx.$executeRaw`
  INSERT INTO user_sessions
    (tenant_id, session_id, user_id, epoch, started_at, last_used_at, expires_at, revoked_at)
  SELECT tenant_id, session_id, user_id, epoch, started_at, last_used_at, expires_at, revoked_at
  FROM jsonb_populate_recordset(null::user_sessions, ${JSON.stringify(created)}::jsonb)`;

// jsonb_populate_record() takes from the row whatever the patch does not name.
const patchSessions = (tx: Tx, changed: readonly Patch[]): Promise<number> => tx.$executeRaw`
  UPDATE user_sessions s SET (last_used_at, expires_at, revoked_at) = (
    SELECT r.last_used_at, r.expires_at, r.revoked_at FROM jsonb_populate_record(s, x.patch) r)
  FROM jsonb_array_elements(${JSON.stringify(changed)}::jsonb) x(patch)
  WHERE s.tenant_id = x.patch->>'tenant_id' AND s.session_id = x.patch->>'session_id'`;
