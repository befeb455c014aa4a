import { setTimeout as pauseFor } from 'node:timers/promises';
import type { StreamId } from '@saas/event-sourcing';
import { bucketOfId, newId, systemClock, type UserId } from '@saas/kernel';
import type { RunningProjects } from '@saas/projects';
import { newOwner } from './bench-projects.ts';
import { addMember, createProjects, createTasks, type BenchProject } from './project-commands.ts';

/** A task is created and assigned: two events, announced one after the other. */
const EVENTS_PER_TASK = 2;
const TASKS_PER_COMMIT = 5;
const EVENTS_PER_COMMIT = EVENTS_PER_TASK * TASKS_PER_COMMIT;
const TENANTS = 8;
const COMMITS_AT_ONCE = 16;

export type EventSource = {
  /** Commits so many events a second, or as many as it can. @returns how many they were. */
  readonly steady: (eventsPerSecond: number, seconds: number) => Promise<number>;
  /** Commits that many events as fast as it can. */
  readonly flood: (events: number) => Promise<number>;
};

/** Commits of ten events each, by the owners of eight tenants in turn, each about five tasks of a colleague. */
export const eventSource = async (
  services: RunningProjects['services'],
  onCommit: (stream: StreamId, events: number) => void,
): Promise<EventSource> => {
  const homes: { readonly project: BenchProject; readonly assigneeId: UserId }[] = [];
  for (let tenant = 0; tenant < TENANTS; tenant += 1) {
    const viewer = newOwner();
    const assigneeId = newId('usr', bucketOfId(viewer.tenantId), systemClock);
    const [project] = await createProjects(services, viewer, 1);
    if (project) homes.push({ project: await addMember(services, project, assigneeId), assigneeId });
  }
  let turn = 0;
  const commit = async (): Promise<void> => {
    const home = homes[(turn += 1) % homes.length];
    if (!home) return;
    const tasks = await createTasks(services, home.project, TASKS_PER_COMMIT, {
      assigneeId: home.assigneeId,
    });
    for (const { stream } of tasks) onCommit(stream, EVENTS_PER_TASK);
  };
  const run = async (commits: number, dueAtMs: (commit: number) => number): Promise<number> => {
    let begun = 0;
    const worker = async (): Promise<void> => {
      while (begun < commits) {
        begun += 1;
        const waitMs = dueAtMs(begun) - performance.now();
        if (waitMs > 0) await pauseFor(waitMs);
        await commit();
      }
    };
    await Promise.all(Array.from({ length: COMMITS_AT_ONCE }, worker));
    return commits * EVENTS_PER_COMMIT;
  };
  return {
    steady: (eventsPerSecond, seconds) => {
      const startedAt = performance.now();
      const everyMs = (1_000 * EVENTS_PER_COMMIT) / eventsPerSecond;
      return run((eventsPerSecond * seconds) / EVENTS_PER_COMMIT, (turnOf) => startedAt + turnOf * everyMs);
    },
    flood: (events) => run(Math.ceil(events / EVENTS_PER_COMMIT), () => 0),
  };
};
