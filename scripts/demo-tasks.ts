import type { CommandOn, Decided, Work } from '@saas/event-sourcing';
import { bucketOfId, newId } from '@saas/kernel';
import {
  parseTaskDescription,
  parseTaskTitle,
  projectStream,
  taskStream,
  type RunningProjects,
  type Task,
  type TaskCommand,
} from '@saas/projects';
import { demoTaskTitle, pick, TASKS_PER_PROJECT } from './demo-content.ts';
import { demoClaim, demoClock, demoMetadata, inGroupsOf, type DemoTenant } from './demo-context.ts';
import type { DemoProject } from './demo-projects.ts';

const TASKS_PER_TRANSACTION = 100;

/** The tasks of one tenant: created (every second with an assignee), then some moved on and some completed. */
export const seedTasks = async (
  { handleTask }: RunningProjects['services'],
  { tenantId, index }: DemoTenant,
  projects: readonly DemoProject[],
  report: (made: number) => void,
): Promise<void> => {
  const planned = projects.flatMap((project, place) =>
    Array.from({ length: TASKS_PER_PROJECT }, (_, task) => ({
      project,
      serial: place * TASKS_PER_PROJECT + task,
    })),
  );
  const run = async (
    key: string,
    plan: readonly Planned[],
    commandOf: (each: Planned, place: number) => CommandOn<TaskCommand>,
  ) => {
    const dependsOn = [...new Set(plan.map(({ project }) => project))].map(({ state, version }) => ({
      stream: projectStream(state.projectId),
      version,
    }));
    const work: Work<TaskCommand> = { commands: plan.map(commandOf), dependsOn };
    return handleTask({ tenantId, metadata: demoMetadata, claim: demoClaim(`${key}-${index}`), work });
  };

  for (const [group, plan] of inGroupsOf(TASKS_PER_TRANSACTION, planned).entries()) {
    const { results } = await run(`tasks-${group}`, plan, (each) => creation(each, tenantId));
    await run(`moves-${group}`, plan.filter(isMoved), (each) => change(each, results, plan, 'move'));
    await run(`ends-${group}`, plan.filter(isCompleted), (each) => change(each, results, plan, 'complete'));
    report(results.length);
  }
};

type Planned = { readonly project: DemoProject; readonly serial: number };

const isMoved = ({ serial }: Planned): boolean => serial % 5 === 1 || serial % 5 === 3;
const isCompleted = ({ serial }: Planned): boolean => serial % 4 === 1;

const actor = ({ project, serial }: Planned) => ({
  userId: pick(project.writerIds, serial),
  tenantRole: 'MEMBER' as const,
});

const creation = (each: Planned, tenantId: DemoTenant['tenantId']): CommandOn<TaskCommand> => {
  const { project, serial } = each;
  const clock = demoClock(50 - (serial % 40), serial);
  const taskId = newId('tsk', bucketOfId(tenantId), clock);
  const command: TaskCommand = {
    type: 'CreateTask',
    taskId,
    title: parseTaskTitle(demoTaskTitle(serial)),
    description: parseTaskDescription(`Agreed in the planning of ${project.state.name}.`),
    dueAt:
      serial % 3 === 0
        ? demoClock(-(serial % 30))
            .now()
            .toISOString()
        : null,
    assigneeId: serial % 2 === 0 ? pick(project.writerIds, serial + 1) : null,
    project: project.state,
    by: actor(each),
    at: clock.now().toISOString(),
  };
  return { stream: taskStream(taskId), command, isNew: true };
};

const change = (
  each: Planned,
  created: readonly Decided<Task>[],
  plan: readonly Planned[],
  what: 'move' | 'complete',
): CommandOn<TaskCommand> => {
  const stream = created[plan.indexOf(each)]?.stream;
  if (!stream) throw new Error('A task was planned and not made.');
  const { project, serial } = each;
  const common = {
    project: project.state,
    by: actor({ project, serial: serial + 2 }),
    at: demoClock(9, serial).now().toISOString(),
  };
  const status = serial % 5 === 1 ? 'IN_PROGRESS' : 'IN_REVIEW';
  const command: TaskCommand =
    what === 'move' ? { type: 'MoveTask', status, ...common } : { type: 'CompleteTask', ...common };
  return { stream, command };
};
