import type { RecordedEvent } from '@saas/event-sourcing';
import { assertNever, type ProjectId, type TaskId, type TenantId } from '@saas/kernel';
import type { ReadModel } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-projects';
import { projectOfStream, type ProjectEvent } from '../project/project.events.ts';
import { taskOfStream, type TaskEvent } from '../task/task.events.ts';

type Tx = Prisma.TransactionClient;

/**
 * Writes what has happened lately in every project, out of the streams of the project and of all its tasks. Afterwards
 * and not with the events: everyone who works in a project would wait for its one row.
 *
 * Any number of events costs at most three statements.
 */
export const projectActivityProjection: ReadModel<Tx> = {
  name: 'project-activity-1',
  tables: ['project_activity', 'project_activity_tasks'],
  async apply(events, tx) {
    const ours = events.filter(isOurs);
    const known = await knownTasks(tx, [...new Set(ours.filter(isOldTask).map(taskIdOf))]);
    const { projects, tasks } = activityOf(ours, known);
    if (tasks.length > 0) await saveTasks(tx, tasks);
    if (projects.length > 0) await saveActivity(tx, projects);
  },
};

type OurEvent = RecordedEvent<ProjectEvent> | RecordedEvent<TaskEvent>;

/** What is remembered of a task. */
export type KnownTask = {
  readonly tenantId: TenantId;
  readonly taskId: TaskId;
  readonly projectId: ProjectId;
  readonly isCompleted: boolean;
};

/** How a project's row changes: counts by so many, the rest to these values. */
export type ActivityChange = {
  readonly tenantId: TenantId;
  readonly projectId: ProjectId;
  readonly lastAt: string;
  readonly lastBy: string;
  readonly open: number;
  readonly completed: number;
};

/**
 * What the events, in the order of their commits, change.
 *
 * @param known the tasks among them that existed before.
 * @throws {Error} when an event's task is neither created by these events nor known: the events before are missing.
 */
export const activityOf = (
  events: readonly OurEvent[],
  known: ReadonlyMap<TaskId, KnownTask>,
): { readonly projects: readonly ActivityChange[]; readonly tasks: readonly KnownTask[] } => {
  const projects = new Map<ProjectId, ActivityChange>();
  const tasks = new Map<TaskId, KnownTask>();
  const note = ({ tenantId, data }: OurEvent, projectId: ProjectId, open: number, completed: number) => {
    const before = projects.get(projectId);
    const counts = { open: (before?.open ?? 0) + open, completed: (before?.completed ?? 0) + completed };
    projects.set(projectId, { tenantId, projectId, lastAt: data.at, lastBy: data.by, ...counts });
  };
  for (const event of events) {
    if (!isTask(event)) {
      note(event, projectOfStream(event.stream), 0, 0);
      continue;
    }
    const taskId = taskIdOf(event);
    const before = tasks.get(taskId) ?? known.get(taskId);
    const after = taskAfter(event, before);
    if (after !== before) tasks.set(taskId, after);
    const completed = Number(after.isCompleted) - Number(before?.isCompleted ?? false);
    note(event, after.projectId, Number(before === undefined) - completed, completed);
  }
  return { projects: [...projects.values()], tasks: [...tasks.values()] };
};

const taskAfter = (event: RecordedEvent<TaskEvent>, before: KnownTask | undefined): KnownTask => {
  if (event.type === 'TaskWasCreated') {
    const { taskId, projectId } = event.data;
    return { tenantId: event.tenantId, taskId, projectId, isCompleted: false };
  }
  if (!before) throw new Error(`The activity lacks ${taskIdOf(event)}.`);
  switch (event.type) {
    case 'TaskWasEdited':
    case 'TaskWasAssigned':
      return before;
    case 'TaskWasMoved':
      return before.isCompleted ? { ...before, isCompleted: false } : before;
    case 'TaskWasCompleted':
      return before.isCompleted ? before : { ...before, isCompleted: true };
    default:
      return assertNever(event);
  }
};

const isTask = (event: RecordedEvent): event is RecordedEvent<TaskEvent> => event.stream.startsWith('task-');
const isOurs = (event: RecordedEvent): event is OurEvent =>
  isTask(event) || event.stream.startsWith('project-');
const isOldTask = (event: OurEvent): event is RecordedEvent<TaskEvent> =>
  isTask(event) && event.type !== 'TaskWasCreated';
const taskIdOf = ({ stream }: RecordedEvent<TaskEvent>): TaskId => taskOfStream(stream);

const knownTasks = async (tx: Tx, ids: readonly TaskId[]): Promise<ReadonlyMap<TaskId, KnownTask>> => {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<KnownTask[]>`
    SELECT tenant_id AS "tenantId", task_id AS "taskId", project_id AS "projectId", is_completed AS "isCompleted"
    FROM project_activity_tasks WHERE task_id = ANY(${ids}::text[])`;
  return new Map(rows.map((row) => [row.taskId, row]));
};

const saveTasks = (tx: Tx, tasks: readonly KnownTask[]): Promise<number> => tx.$executeRaw`
  INSERT INTO project_activity_tasks (tenant_id, task_id, project_id, is_completed)
  SELECT t."tenantId", t."taskId", t."projectId", t."isCompleted"
  FROM jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb)
    AS t("tenantId" text, "taskId" text, "projectId" text, "isCompleted" boolean)
  ON CONFLICT (task_id) DO UPDATE SET is_completed = excluded.is_completed`;

const saveActivity = (tx: Tx, projects: readonly ActivityChange[]): Promise<number> => tx.$executeRaw`
  INSERT INTO project_activity AS a (tenant_id, project_id, last_at, last_by, open_tasks, completed_tasks)
  SELECT p."tenantId", p."projectId", p."lastAt", p."lastBy", p.open, p.completed
  FROM jsonb_to_recordset(${JSON.stringify(projects)}::jsonb) AS p("tenantId" text, "projectId" text,
    "lastAt" timestamptz, "lastBy" text, open int, completed int)
  ON CONFLICT (project_id) DO UPDATE SET last_at = excluded.last_at, last_by = excluded.last_by,
    open_tasks = a.open_tasks + excluded.open_tasks, completed_tasks = a.completed_tasks + excluded.completed_tasks`;
