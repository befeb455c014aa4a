import { waitUntil } from '@saas/local-stack';
import { askReplay } from '@saas/postgres';
import type { RunningProjects } from '@saas/projects';
import { Client } from 'pg';
import { startBenchDatabases, type BenchDatabases } from './bench-databases.ts';
import { newOwner, startBenchProjects } from './bench-projects.ts';
import { eventSource } from './event-source.ts';
import { startPoisonConsumer, type Effect, type PoisonConsumer } from './poison-consumer.ts';
import { createProjects, createTasks, moveTask } from './project-commands.ts';
import type { Cell, Report } from './report.ts';
import { quantile } from './statistics.ts';
import { transports, type Transport } from './transports.ts';

const EVENTS_PER_SECOND = 200;
const SECONDS = 10;
const WARM_UP_EVENTS = 200;
/** How often the task is moved whose creation cannot be handled. */
const MOVES = 20;
const WAIT = { timeoutMs: 120_000 };

/**
 * One event that cannot be handled: how long all others take meanwhile, from commit to receipt, and how long its stream takes
 * once it can be handled and is replayed. What lies behind it must come then, once and in order.
 */
export const poison = async ({ isQuick }: { readonly isQuick: boolean }): Promise<Report> => {
  const rows: (readonly Cell[])[] = [];
  for (const open of transports) {
    const transport = await open();
    if (transport === undefined) continue;
    try {
      rows.push(...(await measured(transport, isQuick ? 2 : SECONDS)));
    } finally {
      await transport.close();
    }
  }
  const columns = [
    'bus',
    'poisoned',
    'events',
    'p50 ms',
    'p99 ms',
    'max ms',
    'held',
    'in order',
    'replay ms',
  ];
  return { name: 'poison', tables: [{ title: 'One event that cannot be handled', columns, rows }] };
};

const measured = async ({ name, bus }: Transport, seconds: number): Promise<readonly (readonly Cell[])[]> => {
  const databases = await startBenchDatabases('full');
  const consumer = await startPoisonConsumer(await databases.provide('notifications'), bus);
  const { services, stop } = await startBenchProjects(await databases.provide('projects'), undefined, bus);
  const commits = new Map<string, number>();
  try {
    const source = await eventSource(services, (stream) => commits.set(stream, performance.now()));
    const others = async (run: () => Promise<number>): Promise<readonly Cell[]> => {
      commits.clear();
      const before = consumer.effects.length;
      const count = await run();
      const heard = () => consumer.effects.slice(before).filter(({ stream }) => commits.has(stream));
      await waitUntil('the others', () => heard().length === count, WAIT);
      const waits = heard().map(({ stream, atMs }) => Math.max(0, atMs - (commits.get(stream) ?? atMs)));
      return [count, quantile(waits, 0.5), quantile(waits, 0.99), quantile(waits, 1)];
    };
    const steady = () => source.steady(EVENTS_PER_SECOND, seconds);
    await others(() => source.flood(WARM_UP_EVENTS));
    const rows = [[name, 'none', ...(await others(steady)), 0, undefined, undefined]];
    consumer.poisonNext();
    const stream = await longStream(services);
    const whileHeld = await others(steady);
    rows.push([name, 'one', ...whileHeld, ...(await replayed(databases, consumer, stream))]);
    return rows;
  } finally {
    await stop();
    await consumer.stop();
    await databases.stop();
  }
};

/** A task that is created and then moved, again and again. */
const longStream = async (services: RunningProjects['services']): Promise<string> => {
  const owner = newOwner();
  const [home] = await createProjects(services, owner, 1);
  if (!home) throw new Error('No project was created.');
  const [task] = await createTasks(services, home, 1);
  if (!task) throw new Error('No task was created.');
  for (let moves = 0; moves < MOVES; moves += 1) await moveTask(services, task);
  return task.stream;
};

/** How many messages of the stream were held, whether all came in order, and how many milliseconds that took. */
const replayed = async (
  databases: BenchDatabases,
  consumer: PoisonConsumer,
  stream: string,
): Promise<readonly Cell[]> => {
  await waitUntil('the message to be given up', () => consumer.dead() > 0, WAIT);
  const mine = (): readonly Effect[] => consumer.effects.filter((effect) => effect.stream === stream);
  if (mine().length > 0) throw new Error('A message went past the one that could not be handled.');
  consumer.heal();
  const startedAt = performance.now();
  const messages = await askedReplay(databases, stream);
  await waitUntil('the stream', () => mine().length >= messages, WAIT);
  const isInOrder = mine().every(({ sequence }, place) => sequence === place + 1);
  return [messages - 1, isInOrder ? 'yes' : 'NO', performance.now() - startedAt];
};

const askedReplay = async (databases: BenchDatabases, stream: string): Promise<number> => {
  const { migrationUrls } = await databases.owned('notifications');
  const owner = new Client({ connectionString: migrationUrls[0] });
  await owner.connect();
  try {
    const how = { actor: 'bench', perSecond: 1_000 };
    const replay = await askReplay(owner, { kind: 'stream', stream }, how);
    return replay?.messages ?? 0;
  } finally {
    await owner.end();
  }
};
