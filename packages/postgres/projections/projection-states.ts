import type { Client } from 'pg';

/** Which of a read model's tables: those that are read, those built beside them, those that were read before. */
export type ProjectionRole = 'running' | 'candidate' | 'previous';

/** What is known of a read model's tables on one shard. */
export type ProjectionState = {
  readonly name: string;
  readonly role: ProjectionRole;
  readonly version: number;
  readonly schema: string;
  readonly status: 'building' | 'built';
  /** Every event up to here is in the rows; null for rows that are written together with the events. */
  readonly position: number | null;
  /** How many events went into the rows by replay, or by the runner. */
  readonly events: number;
  readonly comparison: readonly TableComparison[] | null;
};

/** What two sets of a read model's rows have in common; of those that differ, the first few by key. */
export type TableComparison = {
  readonly table: string;
  readonly running: number;
  readonly candidate: number;
  readonly isEqual: boolean;
  readonly differences: readonly string[];
};

const COLUMNS = `name, role, version, schema, status, position::float8 AS position, events::float8 AS events, comparison`;

/** Everything that is known on this shard. The session acts for the system. */
export const readStates = async (session: Client): Promise<readonly ProjectionState[]> =>
  (await session.query<ProjectionState>(`SELECT ${COLUMNS} FROM public.projections ORDER BY name, role`))
    .rows;

export const readState = async (
  session: Client,
  name: string,
  role: ProjectionRole,
): Promise<ProjectionState | undefined> =>
  (
    await session.query<ProjectionState>(
      `SELECT ${COLUMNS} FROM public.projections WHERE name = $1 AND role = $2`,
      [name, role],
    )
  ).rows[0];

/** Keeps what is known of a read model's tables in this role; whatever was known before is forgotten. */
export const writeState = async (session: Client, state: ProjectionState): Promise<void> => {
  const { name, role, version, schema, status, position, events, comparison } = state;
  await session.query(
    `INSERT INTO public.projections (name, role, version, schema, status, position, events, comparison)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (name, role) DO UPDATE SET version = $3, schema = $4, status = $5, position = $6, events = $7,
       comparison = $8, updated_at = now()`,
    [
      name,
      role,
      version,
      schema,
      status,
      position,
      events,
      comparison === null ? null : JSON.stringify(comparison),
    ],
  );
};

export const deleteState = async (session: Client, name: string, role: ProjectionRole): Promise<void> => {
  await session.query('DELETE FROM public.projections WHERE name = $1 AND role = $2', [name, role]);
};
