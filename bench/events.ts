import { startBenchDatabases } from './bench-databases.ts';
import { startBenchNotifications } from './bench-notifications.ts';
import { startBenchProjects } from './bench-projects.ts';
import { eventSource, type EventSource } from './event-source.ts';
import { eventWatch, type EventWatch } from './event-watch.ts';
import type { Cell, Report } from './report.ts';
import { quantile } from './statistics.ts';
import { transports, type Transport } from './transports.ts';

const EVENTS_PER_SECOND = 1_000;
const STEADY_SECONDS = 10;
const FLOOD_EVENTS = 5_000;
const WARM_UP_EVENTS = 500;

type Options = { readonly isQuick: boolean };

/**
 * From the commit of an event in one service to the commit of its effect in another: a task is created and assigned, and
 * its assignee gets a notification. Everything is in it: outbox, relay, bus, consumer, its transaction.
 *
 * Once at a steady 1,000 events a second, and once as fast as they come.
 */
export const events = async ({ isQuick }: Options): Promise<Report> => {
  const rows: (readonly Cell[])[] = [];
  for (const open of transports) {
    const transport = await open();
    if (transport === undefined) continue;
    try {
      rows.push(...(await measured(transport, isQuick ? 2 : STEADY_SECONDS)));
    } finally {
      await transport.close();
    }
  }
  const columns = [
    'bus',
    'load',
    'events',
    'committed/s',
    'effects/s',
    'p50 ms',
    'p99 ms',
    'max ms',
    'per transaction',
    'CPU µs',
  ];
  return { name: 'events', tables: [{ title: 'Events from commit to effect', columns, rows }] };
};

const measured = async ({ name, bus }: Transport, seconds: number): Promise<readonly (readonly Cell[])[]> => {
  const databases = await startBenchDatabases('full');
  const watch = eventWatch(bus, 'notifications.projects');
  const notifications = await startBenchNotifications(await databases.provide('notifications'), watch.bus);
  const projects = await startBenchProjects(await databases.provide('projects'), undefined, bus);
  try {
    const source = await eventSource(projects.services, watch.committed);
    await source.flood(WARM_UP_EVENTS);
    await watch.settled();
    const rows = [];
    for (const load of loads(source, seconds)) rows.push([name, ...(await roundOf(watch, load))]);
    return rows;
  } finally {
    await projects.stop();
    await notifications.stop();
    await databases.stop();
  }
};

type Load = { readonly title: string; readonly run: () => Promise<number> };

const loads = (source: EventSource, seconds: number): readonly Load[] => [
  {
    title: `${EVENTS_PER_SECOND.toLocaleString('en-US')} a second`,
    run: () => source.steady(EVENTS_PER_SECOND, seconds),
  },
  { title: 'as fast as they come', run: () => source.flood(FLOOD_EVENTS) },
];

const roundOf = async (watch: EventWatch, { title, run }: Load): Promise<readonly Cell[]> => {
  watch.reset();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const count = await run();
  const committedMs = performance.now() - startedAt;
  const effectsMs = (await watch.settled()) - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { latenciesMs, transactions } = watch;
  const rate = (ms: number) => Math.round((count / ms) * 1_000);
  return [
    title,
    count,
    rate(committedMs),
    rate(effectsMs),
    quantile(latenciesMs(), 0.5),
    quantile(latenciesMs(), 0.99),
    quantile(latenciesMs(), 1),
    count / transactions(),
    Math.round((user + system) / count),
  ];
};
