import { once } from 'node:events';
import { join } from 'node:path';
import type { Cell, Report } from '../report.ts';
import { candidates, OURS, type Candidate } from './candidates.ts';
import { operations, requestBody } from './operations.ts';
import type { FlowResult, LoadFlow, LoadOrder } from './overload-load-program.ts';
import { LOAD_CORE, startPinned } from './pinned-process.ts';
import { repositoryPath } from './repository-path.ts';
import { GRAPHQL_PATH, startCandidate } from './running-candidates.ts';
import { inSurroundings, type Surroundings } from './surroundings.ts';

type Options = { readonly isQuick: boolean };
type Times = { readonly warmMs: number; readonly timedMs: number; readonly operation: string };
type Ask = (flows: readonly LoadFlow[]) => Promise<readonly FlowResult[]>;

const TENANTS = 10;
const CONNECTIONS_OF_TENANT = 4;
const OVERLOAD = 3;
/** Of the peak: what all ask for together when nobody is noisy. */
const FULL = 0.9;
const GOODPUT_MIN = 0.9;
const P99_MAX = 2;
const MOVED_MAX = 0.2;
const ADDRESS_HEADER = 'x-forwarded-for';
/** Each flow needs a name that is an address. */
const nameOf = (index: number): string => `10.0.0.${index + 1}`;

/**
 * Asks the gateway for three times what it can serve, from a process of its own: what is still served, and how soon? Then one of ten
 * clients alone asks for three times the whole: what do the others notice? The clients are told apart by their addresses.
 */
export const gatewayOverload = async ({ isQuick }: Options): Promise<Report> =>
  inSurroundings(async (surroundings) => {
    const started = await startCandidate(candidate(), '64 MB', surroundings);
    try {
      const times = isQuick ? { warmMs: 1_000, timedMs: 3_000 } : { warmMs: 5_000, timedMs: 15_000 };
      return await withLoad(
        surroundings,
        started.port,
        { ...times, operation: isQuick ? 'small' : 'large' },
        measured,
      );
    } finally {
      await started.stop();
    }
  });

const candidate = (): Candidate => {
  const ours = candidates.find(({ name }) => name === OURS);
  if (ours === undefined) throw new Error('There is no gateway of ours.');
  return {
    ...ours,
    command: (place) => {
      const { args, env } = ours.command(place);
      return { args, env: { ...env, GATEWAY_OVERLOAD_ADDRESS_HEADER: ADDRESS_HEADER } };
    },
  };
};

const withLoad = async (
  { directory }: Surroundings,
  port: number,
  times: Times,
  work: (ask: Ask) => Promise<Report>,
): Promise<Report> => {
  const operation = operations.find(({ name }) => name === times.operation);
  if (operation === undefined) throw new Error('There is no such operation.');
  const load = startPinned({
    args: [repositoryPath('bench', 'dist', 'gateway', 'overload-load-program.js')],
    core: LOAD_CORE,
    directory,
    logFile: join(directory, 'overload-load.log'),
  });
  const place = { port, path: GRAPHQL_PATH, body: requestBody(operation), addressHeader: ADDRESS_HEADER };
  const ask: Ask = async (flows) => {
    const answer = once(load.child, 'message');
    const order: LoadOrder = { ...place, warmMs: times.warmMs, timedMs: times.timedMs, flows };
    load.child.send(order);
    const [results] = await Promise.race([answer, once(load.child, 'exit')]);
    if (!Array.isArray(results)) throw new Error(`The load has ended: ${load.lastWords()}`);
    return (results as readonly FlowResult[]).map((each) => ({
      ...each,
      served: (each.served / times.timedMs) * 1_000,
      refused: (each.refused / times.timedMs) * 1_000,
    }));
  };
  try {
    return await work(ask);
  } finally {
    await load.stop();
  }
};

const measured = async (ask: Ask): Promise<Report> => {
  const tenants = (perSecond: number): readonly LoadFlow[] =>
    Array.from({ length: TENANTS }, (_, index) => ({ name: nameOf(index), perSecond: perSecond / TENANTS }));
  const closed = Array.from({ length: TENANTS }, (_, index) => ({
    name: nameOf(index),
    connections: CONNECTIONS_OF_TENANT,
  }));
  const peak = together(await ask(closed));
  const overload = together(await ask(tenants(OVERLOAD * peak.served)));
  const [, ...full] = await ask(tenants(FULL * peak.served));
  const [, ...quiet] = tenants(FULL * peak.served);
  const noise = { name: nameOf(0), perSecond: OVERLOAD * peak.served };
  const [noisy, ...others] = await ask([noise, ...quiet]);
  const row = (what: string, { served, refused, unsent, p50Ms, p99Ms }: FlowResult): readonly Cell[] => [
    what,
    Math.round(served),
    Math.round(refused),
    unsent,
    p50Ms,
    p99Ms,
  ];
  const rows = [
    row('peak: 40 connections', peak),
    row('three times the peak', overload),
    row('nine of ten at 90 % of it', together(full)),
    row('the same beside a noisy one', together(others)),
    ...(noisy === undefined ? [] : [row('the noisy one', noisy)]),
  ];
  return {
    name: 'overload',
    tables: [
      {
        title: 'Served and refused under overload',
        columns: ['what', 'served/s', 'refused/s', 'not sent', 'p50 ms', 'p99 ms'],
        rows,
      },
      verdicts(peak, overload, together(others).p99Ms / together(full).p99Ms - 1),
    ],
  };
};

const verdicts = (peak: FlowResult, overload: FlowResult, moved: number): Report['tables'][number] => {
  const verdict = (holds: boolean): string => (holds ? 'holds' : 'missed');
  const goodput = overload.served / peak.served;
  const slower = overload.p99Ms / peak.p99Ms;
  return {
    title: 'What an overload costs',
    columns: ['what', 'measured', 'target', 'verdict'],
    rows: [
      ['served, of the peak', goodput, `at least ${GOODPUT_MIN}`, verdict(goodput >= GOODPUT_MIN)],
      ['p99 of the served, of that at the peak', slower, `at most ${P99_MAX}`, verdict(slower <= P99_MAX)],
      ['p99 of the others, moved by a noisy one', moved, `under ${MOVED_MAX}`, verdict(moved < MOVED_MAX)],
    ],
  };
};

/** All of them as one; of the quantiles the median tenant's. */
const together = (flows: readonly FlowResult[]): FlowResult => {
  const sum = (of: (flow: FlowResult) => number): number =>
    flows.reduce((total, flow) => total + of(flow), 0);
  const middle = (of: (flow: FlowResult) => number): number =>
    flows.map(of).toSorted((left, right) => left - right)[Math.floor(flows.length / 2)] ?? Number.NaN;
  return {
    name: 'together',
    served: sum(({ served }) => served),
    refused: sum(({ refused }) => refused),
    unsent: sum(({ unsent }) => unsent),
    p50Ms: middle(({ p50Ms }) => p50Ms),
    p99Ms: middle(({ p99Ms }) => p99Ms),
  };
};
