import pg from 'pg';
import { TogetherQuery, type Answer } from './together-query.ts';

/**
 * What a statement begins with that nobody waits for. Right after `BEGIN` it is answered at once, by one row with the
 * connection's `pid` as `pg_backend_pid()` tells it, and travels with the statement that follows; anywhere else it is a statement like any other.
 */
const UNAWAITED = '/* unawaited';
/** The same, when besides somebody has to know how far into the log the transaction's commit reaches. */
const UNAWAITED_POSITIONED = '/* unawaited, positioned */';

const POSITION = { text: 'SELECT pg_current_wal_flush_lsn() AS lsn', name: 'commit-position' };
const NOTHING: Answer = { command: '', rowCount: 0, oid: 0, rows: [], fields: [] };

type Query = (config: pg.QueryConfig, ...rest: readonly unknown[]) => Promise<Answer>;
type Send = Query & ((together: TogetherQuery) => void);

/**
 * Sends what needs no answer of its own together with the statement that follows, by one write: `BEGIN`, the statements marked
 * {@link UNAWAITED}, and with `COMMIT` the question of where the log stands then.
 *
 * What travels together is one message to the server: of a statement that fails none of the later ones is run, so nothing
 * ever runs outside its transaction or without its tenant. Whoever awaits the statement that came along gets the failure.
 *
 * @param onPosition told where the log stood when a transaction marked {@link UNAWAITED_POSITIONED} had committed, before its
 *   `COMMIT` is answered. When that cannot be learnt, `COMMIT` fails, though what was committed is.
 */
export const gatherStatements = (client: pg.ClientBase, onPosition: (lsn: string) => void): void => {
  const send = client.query.bind(client) as Send;
  let held: readonly pg.QueryConfig[] = [];
  let isPositioned = false;

  const begin = (config: pg.QueryConfig): Promise<Answer> => {
    held = [config];
    isPositioned = false;
    return Promise.resolve(NOTHING);
  };
  const hold = (config: pg.QueryConfig): Promise<Answer> => {
    held = [...held, config];
    isPositioned ||= config.text.startsWith(UNAWAITED_POSITIONED);
    return Promise.resolve(pidOf(client, config));
  };
  const commit = async (config: pg.QueryConfig): Promise<Answer> => {
    const [beginning] = held;
    held = [];
    // Nothing was asked. Whoever committed that learns at least whether the server is there.
    if (beginning) return lastOf(await sendTogether(send, [beginning, config]));
    if (!isPositioned) return send(config);
    const [committed = NOTHING, position] = await sendTogether(send, [config, POSITION]);
    onPosition(String(position?.rows[0]?.['lsn']));
    return committed;
  };
  const rollBack = async (config: pg.QueryConfig): Promise<Answer> => {
    const hasBegun = held.length === 0;
    held = [];
    return hasBegun ? send(config) : NOTHING;
  };
  const withHeld = async (config: pg.QueryConfig): Promise<Answer> => {
    const configs = [...held, config];
    held = [];
    return lastOf(await sendTogether(send, configs));
  };
  const query: Query = (config, ...rest) => {
    const { text } = config;
    if (text === 'BEGIN') return begin(config);
    if (text === 'COMMIT') return commit(config);
    if (text === 'ROLLBACK') return rollBack(config);
    if (held.length === 0) return send(config, ...rest);
    return text.startsWith(UNAWAITED) ? hold(config) : withHeld(config);
  };
  Object.defineProperty(client, 'query', { value: query });
};

/** What the server would say, and has said when it was connected to. */
const pidOf = (client: pg.ClientBase, config: pg.QueryConfig & { readonly rowMode?: string }): Answer => {
  const { processID: pid } = client as unknown as { readonly processID: number };
  const row = config.rowMode === 'array' ? [pid] : { pid };
  return {
    ...NOTHING,
    command: 'SELECT',
    rowCount: 1,
    fields: [PID],
    rows: [row as Record<string, unknown>],
  };
};

const PID: pg.FieldDef = {
  name: 'pid',
  dataTypeID: pg.types.builtins.INT4,
  dataTypeSize: 4,
  dataTypeModifier: -1,
  tableID: 0,
  columnID: 0,
  format: 'text',
};

const lastOf = (answers: readonly Answer[]): Answer => answers.at(-1) ?? NOTHING;

const sendTogether = (send: Send, configs: readonly pg.QueryConfig[]): Promise<readonly Answer[]> =>
  new Promise((resolve, reject) => {
    send(new TogetherQuery(configs, (error, answers) => (error ? reject(error) : resolve(answers))));
  });
