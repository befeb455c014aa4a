import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '@saas/local-stack';
import { isQueueOnDisk } from '../../support/broker-files.ts';
import { ImmortalProcess } from './child-process.ts';
import { startFaults, type Faults, type Victim } from './faults.ts';
import type { History } from './history.ts';
import { judge, type Finding } from './judge.ts';
import type { Plant } from './plants.ts';
import type { ProcessReport } from './process-settings.ts';
import { readProgress, readRecords, type Progress } from './records.ts';
import type { Databases, Servers } from './servers.ts';
import { startWriters, type Writers } from './writers.ts';

/** More unfinished work than this, and the writers wait. */
const BACKLOG_MAX = 4_000;
/** Fewer messages than this say little. */
const MESSAGES_MIN = 200;
const PROGRESS_MS = 2_000;

type Options = {
  readonly seconds: number;
  readonly seed: number;
  readonly victims: readonly Victim[];
  /** It goes on until each of them was killed as often as that, however slow the machine is. */
  readonly killsMin: number;
  readonly plant?: Plant;
  /** For how long nothing may move, once the killing is over, before what is missing counts as lost: seconds. */
  readonly patienceSeconds: number;
  /** Told every other second how things are. */
  readonly onProgress?: (so: Standing) => void;
};

/** How things are. */
export type Standing = Progress & {
  readonly second: number;
  readonly writes: number;
  readonly kills: Faults['kills'];
};

export type Outcome = {
  readonly history: History;
  readonly findings: readonly Finding[];
  readonly kills: Faults['kills'];
  /** How deliveries ended. */
  readonly heard: ReadonlyMap<string, number>;
  /** Processes of ours that ended although nobody killed them. */
  readonly ownEnds: number;
  readonly surprises: Writers['surprises'];
};

/** Lets writers write while parts die, lets everything come to rest, and judges what is there. */
export const runHistory = async (servers: Servers, options: Options): Promise<Outcome> => {
  const { seconds, seed, victims, killsMin, patienceSeconds, onProgress = () => undefined } = options;
  const name = randomUUID().slice(0, 8);
  const databases = await servers.openDatabases(`h${name}`);
  const heard = new Map<string, number>();
  const processes = await startProcesses(servers, databases, name, options.plant, (said) => {
    if (said.type === 'heard') heard.set(said.how, (heard.get(said.how) ?? 0) + said.count);
  });
  const { postgres, broker } = servers;
  let standing: Progress = { messages: 0, waiting: 0, effects: 0 };
  const writers = await startWriters({
    shards: databases.source.shards,
    topic: topicOf(name),
    seed,
    isFull: () => standing.messages - standing.effects > BACKLOG_MAX,
  });
  const faults = startFaults({ postgres, broker, ...processes, seed, victims });
  const startedMs = performance.now();
  const look = async (): Promise<Progress | undefined> => {
    const found = await readProgress(databases);
    standing = found ?? standing;
    const second = Math.round(secondsSince(startedMs));
    onProgress({ ...standing, second, writes: writers.attempts.length, kills: faults.kills });
    return found;
  };
  const isEnough = () =>
    standing.messages >= MESSAGES_MIN && victims.every((victim) => faults.kills[victim] >= killsMin);
  while (secondsSince(startedMs) < seconds || !isEnough()) {
    await pause(PROGRESS_MS);
    await look();
  }
  await faults.stop();
  await writers.stop();
  await untilRest(patienceSeconds, look);
  const all = [...processes.relays, ...processes.consumers];
  await Promise.all(all.map((each) => each.stop()));
  const history = { attempts: writers.attempts, ...(await readRecords(databases)) };
  return {
    history,
    findings: judge(history),
    kills: faults.kills,
    heard,
    ownEnds: all.reduce((sum, { ownEnds }) => sum + ownEnds, 0),
    surprises: writers.surprises,
  };
};

const topicOf = (name: string): string => `history_${name}_events`;

/** Two of each: whoever is not killed stands by and takes over. */
const startProcesses = async (
  { broker, folder }: Servers,
  { source, target }: Databases,
  name: string,
  plant: Plant | undefined,
  onReport: (said: ProcessReport) => void,
) => {
  const queue = `history.${name}`;
  const makeTwo = (program: 'relay-process' | 'consumer-process', { shards }: Databases['source']) =>
    [1, 2].map((turn) => {
      const logFile = join(folder, `${name}-${program}-${turn}.log`);
      const settings = { shards, brokerUrl: broker.url, topic: topicOf(name), queue, plant };
      return new ImmortalProcess({ program, settings, logFile, onReport });
    });
  const relays = makeTwo('relay-process', source);
  const consumers = makeTwo('consumer-process', target);
  // A message that comes before anybody has asked for it is nobody's: first the queue, then the relays.
  await Promise.all(consumers.map((each) => each.start()));
  await waitUntil('the queue to be on disk', () => isQueueOnDisk(broker, queue));
  await Promise.all(relays.map((each) => each.start()));
  return { relays, consumers };
};

/** Resolves when everything announced has had its effect, or nothing has moved for that long. */
const untilRest = async (
  patienceSeconds: number,
  look: () => Promise<Progress | undefined>,
): Promise<void> => {
  let last = '';
  for (let movedMs = performance.now(); secondsSince(movedMs) < patienceSeconds;) {
    const now = await look();
    if (now !== undefined && now.waiting === 0 && now.effects >= now.messages) return;
    const seen = JSON.stringify(now);
    if (seen !== last) movedMs = performance.now();
    last = seen;
    await pause(PROGRESS_MS);
  }
};

const secondsSince = (beganMs: number): number => (performance.now() - beganMs) / 1_000;
