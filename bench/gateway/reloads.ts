import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '../report.ts';
import { candidates, OURS } from './candidates.ts';
import { heapSize } from './heap-size.ts';
import { logCount } from './log-count.ts';
import { freePort } from './pinned-process.ts';
import { GRAPHQL_PATH, startCandidate, type RunningCandidate } from './running-candidates.ts';
import { steadyLoad, type SteadyLoad } from './steady-load.ts';
import { inSurroundings, type Surroundings } from './surroundings.ts';

type Options = { readonly isQuick: boolean };

/** Before the heap is looked at for the first time: caches and compiled code have their size by then. */
const FIRST_RELOADS = 10;
const RELOADS = 100;
const QUICK_RELOADS = 20;
/** One of so many is half a file. */
const BROKEN_EVERY = 10;
const REQUESTS_BETWEEN = 100;
const RELOAD_MS_MAX = 20_000;
const LOOK_MS = 20;

/**
 * Replaces the supergraph's file under load, now and then by a broken one: does the heap grow, is any answer lost? Takes
 * about two minutes.
 *
 * @throws {Error} when a change is not noticed.
 */
export const gatewayReloads = async ({ isQuick }: Options): Promise<Report> =>
  inSurroundings(async (surroundings) => {
    const ours = candidates.find(({ name }) => name === OURS);
    if (ours === undefined) throw new Error('There is no gateway of ours.');
    const inspectorPort = await freePort();
    const started = await startCandidate(ours, '64 MB', surroundings, [
      `--inspect=127.0.0.1:${inspectorPort}`,
    ]);
    try {
      return await underSteadyLoad(started, async (load) => {
        const count = logCount(started.logFile, Object.values(saidOf));
        await reload({ from: 0, to: FIRST_RELOADS }, surroundings, count, load);
        const before = await heapSize(inspectorPort);
        const to = FIRST_RELOADS + (isQuick ? QUICK_RELOADS : RELOADS);
        const outcomes = await reload({ from: FIRST_RELOADS, to }, surroundings, count, load);
        const after = await heapSize(inspectorPort);
        return reportOf({ ...outcomes, before, after, ...(await load.stop()) });
      });
    } finally {
      await started.stop();
    }
  });

const underSteadyLoad = async (
  { port }: RunningCandidate,
  work: (load: SteadyLoad) => Promise<Report>,
): Promise<Report> => {
  const load = await steadyLoad(`http://127.0.0.1:${port}${GRAPHQL_PATH}`);
  try {
    return await work(load);
  } finally {
    for (const answer of new Set((await load.stop()).failed)) console.warn(`failed: ${answer}`);
  }
};

type Found = {
  readonly swapped: number;
  readonly refused: number;
  readonly before: number;
  readonly after: number;
  readonly requests: number;
  readonly failed: readonly string[];
};

const GROWTH_PERCENT_MAX = 5;

const reportOf = ({ swapped, refused, before, after, requests, failed }: Found): Report => {
  const growth = (after / before - 1) * 100;
  const verdict = (holds: boolean): string => (holds ? 'holds' : 'missed');
  return {
    name: 'gateway-reloads',
    tables: [
      {
        title: `${swapped + refused} reloads under load, ${refused} of them broken`,
        columns: ['what', 'before', 'after', 'change', 'target', 'verdict'],
        rows: [
          [
            'heap, MB',
            before / 1e6,
            after / 1e6,
            `${growth.toFixed(1)} %`,
            `under ${GROWTH_PERCENT_MAX} %`,
            verdict(growth < GROWTH_PERCENT_MAX),
          ],
          [
            `failed of ${requests} requests`,
            undefined,
            failed.length,
            undefined,
            'none',
            verdict(failed.length === 0),
          ],
        ],
      },
    ],
  };
};

type Outcome = 'swapped' | 'refused';

/** What the gateway's log says then. */
const saidOf: Readonly<Record<Outcome, string>> = {
  swapped: 'A new supergraph serves.',
  refused: 'The supergraph was refused',
};

/** Each reload waits until the gateway says what became of the last one, and until requests have gone through it. */
const reload = async (
  { from, to }: { readonly from: number; readonly to: number },
  { supergraphFile, supergraphSdl, directory }: Surroundings,
  count: () => Promise<ReadonlyMap<string, number>>,
  load: SteadyLoad,
): Promise<Readonly<Record<Outcome, number>>> => {
  const counts = { swapped: 0, refused: 0 };
  for (let index = from; index < to; index += 1) {
    const outcome: Outcome = index % BROKEN_EVERY === BROKEN_EVERY - 1 ? 'refused' : 'swapped';
    const changed = `${supergraphSdl}\n"""Reload ${index}."""\nscalar Reloaded @join__type(graph: ACCOUNTS)\n`;
    const text = outcome === 'refused' ? changed.slice(0, changed.length / 2) : changed;
    const seen = (await count()).get(saidOf[outcome]);
    const file = join(directory, 'next.graphql');
    await writeFile(file, text);
    await rename(file, supergraphFile);
    const giveUpAt = performance.now() + RELOAD_MS_MAX;
    while ((await count()).get(saidOf[outcome]) === seen) {
      if (performance.now() > giveUpAt) throw new Error(`Reload ${index} was not ${outcome}.`);
      await delay(LOOK_MS);
    }
    counts[outcome] += 1;
    await load.answered(REQUESTS_BETWEEN);
  }
  return counts;
};
