import type { UserId } from '@saas/kernel';
import type { EventSchemas } from '@saas/event-sourcing';
import { Client } from 'pg';

/** An event of before there were keys, and its fields that say something of the person. */
export type PlainEvent = {
  readonly stream: string;
  readonly version: number;
  readonly fields: readonly string[];
};

type Row = {
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** What only the owner of the tables can do to erase somebody: the service's own role cannot change an event. */
export type OwnersErasure = {
  /** Events that say something of the person in plain text, with invitations to any of their addresses. */
  readonly findPlain: (userId: UserId, addresses: readonly string[]) => Promise<readonly PlainEvent[]>;
  /** Takes the fields out of these events. This changes the log, and nothing else ever does. */
  readonly takeOut: (events: readonly PlainEvent[]) => Promise<void>;
  /** Makes the tables forget the person that `npm run projections` keeps aside. @returns how many rows there were. */
  readonly forgetAside: (userId: UserId, standIns: { name: string; email: string }) => Promise<number>;
};

/** @param urls the owner's, one for each shard. */
export const ownersErasure = (urls: readonly string[], schemas: EventSchemas): OwnersErasure => ({
  findPlain: async (userId, addresses) => {
    const found = await onEach(urls, async (session) => {
      const own = await session.query<Row>(`${SELECT} WHERE stream_id = $1`, [`account-${userId}`]);
      return own.rows;
    });
    const plain = found.flat().flatMap((row) => plainEvent(row, schemas));
    const known = found.flat().flatMap(({ data }) => [data['email'], data['previousEmail']]);
    const all = [...addresses, ...known.filter((value) => typeof value === 'string')];
    const invitations = await onEach(urls, async (session) => {
      const invited = await session.query<Row>(
        `${SELECT} WHERE stream_id >= 'invitation-' AND stream_id < 'invitation.' AND type = 'InvitationWasIssued'
           AND lower(data->>'email') = ANY($1)`,
        [all.map((address) => address.toLowerCase())],
      );
      return invited.rows;
    });
    return [...plain, ...invitations.flat().flatMap((row) => plainEvent(row, schemas))];
  },

  takeOut: async (events) => {
    await onEach(urls, async (session) => {
      for (const { stream, version, fields } of events) {
        const erased = Object.fromEntries(fields.map((field) => [field, { erased: 1 }]));
        await session.query(
          'UPDATE events SET data = data || $3::jsonb WHERE stream_id = $1 AND version = $2',
          [stream, version, JSON.stringify(erased)],
        );
      }
    });
  },

  forgetAside: async (userId, { name, email }) => {
    const counts = await onEach(urls, async (session) => {
      const { rows } = await session.query<{ place: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS place FROM pg_tables
         WHERE tablename = 'accounts' AND schemaname NOT IN ('public', 'pg_catalog', 'information_schema')`,
      );
      let count = 0;
      for (const { place } of rows) {
        const sql = `UPDATE ${place} SET name = $2, email = $3, status = 'DEACTIVATED' WHERE user_id = $1`;
        count += (await session.query(sql, [userId, name, email])).rowCount ?? 0;
      }
      return count;
    });
    return counts.reduce((sum, count) => sum + count, 0);
  },
});

const SELECT = 'SELECT stream_id AS stream, version, type, data FROM events';

const plainEvent = ({ stream, version, type, data }: Row, schemas: EventSchemas): readonly PlainEvent[] => {
  const personal = Object.keys(schemas.get(type)?.personal?.standIns ?? {});
  const fields = personal.filter((field) => typeof data[field] === 'string');
  return fields.length === 0 ? [] : [{ stream, version, fields }];
};

const onEach = async <Result>(
  urls: readonly string[],
  work: (session: Client) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const connectionString of urls) {
    const session = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
    session.on('error', () => undefined);
    await session.connect();
    try {
      await session.query(`SELECT set_config('app.scope', 'system', false)`);
      results.push(await work(session));
    } finally {
      await session.end().catch(() => undefined);
    }
  }
  return results;
};
