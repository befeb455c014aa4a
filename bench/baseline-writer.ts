import type { AuthenticatedViewer } from '@saas/auth';
import { bucketOfId, newId, systemClock, type IdKind } from '@saas/kernel';
import pg from 'pg';

/** Something that the baseline has made, and at which version its stream is. */
export type BaselineThing = { readonly viewer: AuthenticatedViewer; readonly id: string; version: number };

/** How the tables of things are called, and the aggregate of their streams. */
type Kind = 'task' | 'project';
type Change = {
  readonly type: string;
  readonly routingKey: string;
  readonly sql: string;
  readonly value: string;
};

/**
 * What one would write by hand for speed: one transaction, one prepared statement for each table, nothing read and
 * nothing decided. It leaves the same rows as the services do, in tables with the same indexes and policies.
 */
export class BaselineWriter {
  readonly #pool: pg.Pool;

  /** @param url of the primary of a database of its own: rows of the service's would be announced by its relay. */
  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 8 });
    // A connection may learn of the server's end before its own has come through.
    this.#pool.on('error', () => undefined);
  }

  /** Tasks or projects of one tenant, all in one transaction. */
  async create(
    kind: Kind,
    viewer: AuthenticatedViewer,
    count: number,
    key?: string,
  ): Promise<readonly BaselineThing[]> {
    const things = Array.from({ length: count }, () => ({ viewer, id: idOf(kind, viewer), version: 1 }));
    const streams = things.map((thing) => streamRow(kind, thing));
    const rows = things.map((thing) => (kind === 'task' ? taskRow(thing) : projectRow(thing)));
    await this.#transaction(viewer, async (run) => {
      await run('streams', INSERT.streams, [JSON.stringify(streams)]);
      await keepEvents(run, kind, things, `${kind}.created`);
      if (key !== undefined) await run('claim', INSERT.claim, [viewer.tenantId, key, streamsOf(streams)]);
      await run(kind, INSERT[kind], [JSON.stringify(rows)]);
      if (kind === 'project') await run('members', INSERT.members, [JSON.stringify(things.map(memberRow))]);
    });
    return things;
  }

  rename(project: BaselineThing): Promise<void> {
    const sql = 'UPDATE projects SET name = $2, version = $3, updated_at = now() WHERE project_id = $1';
    const value = `Warehouse robots, plan ${project.version}`;
    return this.#change('project', project, { type: 'Renamed', routingKey: 'project.renamed', sql, value });
  }

  archive(project: BaselineThing): Promise<void> {
    const sql =
      'UPDATE projects SET archived_at = $2, version = $3, updated_at = now() WHERE project_id = $1';
    const value = systemClock.now().toISOString();
    return this.#change('project', project, { type: 'Archived', routingKey: 'project.archived', sql, value });
  }

  move(task: BaselineThing): Promise<void> {
    const sql = 'UPDATE tasks SET status = $2, version = $3, updated_at = now() WHERE task_id = $1';
    const value = task.version % 2 === 0 ? 'IN_PROGRESS' : 'IN_REVIEW';
    return this.#change('task', task, { type: 'Moved', routingKey: 'task.moved', sql, value });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #change(kind: Kind, thing: BaselineThing, { type, routingKey, sql, value }: Change): Promise<void> {
    await this.#transaction(thing.viewer, async (run) => {
      await run('move-stream', MOVE_STREAM, [`${kind}-${thing.id}`, thing.version]);
      thing.version += 1;
      await keepEvents(run, kind, [thing], routingKey);
      await run(`${kind}-${type}`, sql, [thing.id, value, thing.version]);
    });
  }

  async #transaction({ tenantId }: AuthenticatedViewer, work: (run: Run) => Promise<void>): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      await client.query({
        name: 'tenant',
        text: `SELECT set_config('app.tenant_id', $1, true)`,
        values: [tenantId],
      });
      await work((name, text, values) => client.query({ name, text, values }));
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }
}

type Run = (name: string, text: string, values: unknown[]) => Promise<unknown>;

const keepEvents = async (
  run: Run,
  kind: Kind,
  things: readonly BaselineThing[],
  routingKey: string,
): Promise<void> => {
  const events = things.map((thing) => eventRow(kind, thing, routingKey));
  await run('events', INSERT.events, [JSON.stringify(events)]);
  await run('outbox', INSERT.outbox, [JSON.stringify(events.map((event) => messageRow(event, routingKey)))]);
};

const MOVE_STREAM =
  'UPDATE streams SET version = version + 1, announced = announced + 1 WHERE stream_id = $1 AND version = $2';

const insert = (table: string, columns: string): string =>
  `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(null::${table}, $1::jsonb)`;

const INSERT = {
  streams: insert('streams', 'stream_id, tenant_id, bucket, version, announced'),
  events: insert(
    'events',
    'stream_id, version, event_id, tenant_id, bucket, type, schema_version, data, metadata, recorded_at',
  ),
  outbox: insert('outbox', 'id, tenant_id, topic, routing_key, stream_id, sequence, body, headers'),
  claim: `INSERT INTO claims (tenant_id, scope, key, request_hash, result) VALUES ($1, 'bench', $2, 'bench', $3)`,
  task: insert(
    'tasks',
    'tenant_id, task_id, project_id, title, status, created_by, version, created_at, updated_at',
  ),
  project: insert('projects', 'tenant_id, project_id, name, owner_id, version, created_at, updated_at'),
  members: insert('project_members', 'tenant_id, project_id, user_id, role, joined_at'),
};

const KINDS: Readonly<Record<Kind, IdKind>> = { task: 'tsk', project: 'prj' };

const idOf = (kind: Kind, { tenantId }: AuthenticatedViewer): string =>
  newId(KINDS[kind], bucketOfId(tenantId), systemClock);

const streamRow = (kind: Kind, { viewer: { tenantId }, id, version }: BaselineThing) => ({
  stream_id: `${kind}-${id}`,
  tenant_id: tenantId,
  bucket: bucketOfId(tenantId),
  version,
  announced: version,
});

const streamsOf = (rows: readonly { stream_id: string; version: number }[]): string =>
  JSON.stringify(rows.map(({ stream_id, version }) => ({ stream: stream_id, version })));

const eventRow = (kind: Kind, thing: BaselineThing, type: string) => {
  const { viewer, id, version } = thing;
  const at = systemClock.now().toISOString();
  const { stream_id, tenant_id, bucket } = streamRow(kind, thing);
  return {
    stream_id,
    tenant_id,
    bucket,
    version,
    type,
    schema_version: 1,
    recorded_at: at,
    event_id: newId('evt', bucket, systemClock),
    data: { id, title: 'Grease the joints', description: null, dueAt: null, by: viewer.userId, at },
    metadata: { actor: viewer.userId, requestId: 'bench' },
  };
};

const messageRow = (event: ReturnType<typeof eventRow>, routingKey: string) => {
  const { stream_id, tenant_id, event_id, version, data, metadata } = event;
  const headers = {
    cloudEvents_id: event_id,
    cloudEvents_type: routingKey,
    'x-tenant-id': tenant_id,
    ...metadata,
  };
  return {
    id: event_id,
    tenant_id,
    stream_id,
    sequence: version,
    body: data,
    headers,
    topic: 'project_events',
    routing_key: routingKey,
  };
};

const taskRow = ({ viewer, id, version }: BaselineThing) => ({
  tenant_id: viewer.tenantId,
  task_id: id,
  project_id: `prj_${id.slice(4)}`,
  title: 'Grease the joints',
  status: 'TODO',
  created_by: viewer.userId,
  version,
  ...now(),
});

const projectRow = ({ viewer, id, version }: BaselineThing) => ({
  tenant_id: viewer.tenantId,
  project_id: id,
  name: 'Warehouse robots',
  owner_id: viewer.userId,
  version,
  ...now(),
});

const memberRow = ({ viewer, id }: BaselineThing) => ({
  tenant_id: viewer.tenantId,
  project_id: id,
  user_id: viewer.userId,
  role: 'OWNER',
  joined_at: now().created_at,
});

const now = () => {
  const at = systemClock.now().toISOString();
  return { created_at: at, updated_at: at };
};
