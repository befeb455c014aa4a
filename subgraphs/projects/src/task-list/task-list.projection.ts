import type { RecordedEvent } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { ReadModel } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-projects';
import { taskOfStream, type TaskEvent } from '../task/task.events.ts';

type Tx = Prisma.TransactionClient;
type Recorded = RecordedEvent<TaskEvent>;

/**
 * Writes the tasks as they are shown, together with the events.
 *
 * Any number of events costs at most one statement for new tasks and one for changed ones.
 */
export const taskListProjection: ReadModel<Tx> = {
  name: 'task-list-1',
  tables: ['tasks'],
  async apply(events, tx) {
    const { created, changed } = taskRowsOf(events.filter(isTaskEvent));
    if (created.length > 0) await insertTasks(tx, created);
    if (changed.length > 0) await patchTasks(tx, changed);
  },
};

const isTaskEvent = (event: RecordedEvent): event is Recorded => event.stream.startsWith('task-');

// The keys are columns: what is given is written, what is not stays as it is.
type Patch = {
  readonly tenant_id: string;
  readonly task_id: string;
  readonly version: number;
  readonly updated_at: string;
  readonly [column: string]: string | number | null;
};

/** What the events leave behind of each task: the whole row of each that is new, the changed columns of each that was there. */
export const taskRowsOf = (
  events: readonly Recorded[],
): { readonly created: readonly Patch[]; readonly changed: readonly Patch[] } => {
  const created = new Map<string, Patch>();
  const changed = new Map<string, Patch>();
  for (const event of events) {
    const { tenantId, version, data } = event;
    const task_id = taskOfStream(event.stream);
    const rows = event.type === 'TaskWasCreated' || created.has(task_id) ? created : changed;
    rows.set(task_id, {
      ...rows.get(task_id),
      ...columnsOf(event),
      tenant_id: tenantId,
      task_id,
      version,
      updated_at: data.at,
    });
  }
  return { created: [...created.values()], changed: [...changed.values()] };
};

const columnsOf = ({ type, data }: Recorded) => {
  switch (type) {
    case 'TaskWasCreated': {
      const { projectId, title, description, dueAt, by, at } = data;
      const words = { project_id: projectId, title, description, due_at: dueAt };
      return { ...words, status: 'TODO', created_by: by, created_at: at };
    }
    case 'TaskWasEdited':
      return { title: data.title, description: data.description, due_at: data.dueAt };
    case 'TaskWasAssigned':
      return { assignee_id: data.assigneeId };
    case 'TaskWasMoved':
      return { status: data.status, completed_at: null };
    case 'TaskWasCompleted':
      return { status: 'DONE', completed_at: data.at };
    default:
      return assertNever(type);
  }
};

const insertTasks = (tx: Tx, created: readonly Patch[]): Promise<number> => tx.$executeRaw`
  INSERT INTO tasks (tenant_id, task_id, project_id, title, description, status, assignee_id, created_by, due_at,
    completed_at, version, created_at, updated_at)
  SELECT tenant_id, task_id, project_id, title, description, status, assignee_id, created_by, due_at,
    completed_at, version, created_at, updated_at
  FROM jsonb_populate_recordset(null::tasks, ${JSON.stringify(created)}::jsonb)`;

// jsonb_populate_record() takes from the row whatever the patch does not name.
const patchTasks = (tx: Tx, changed: readonly Patch[]): Promise<number> => tx.$executeRaw`
  UPDATE tasks t SET (title, description, status, assignee_id, due_at, completed_at, version, updated_at) = (
    SELECT r.title, r.description, r.status, r.assignee_id, r.due_at, r.completed_at, r.version, r.updated_at
    FROM jsonb_populate_record(t, x.patch) r)
  FROM jsonb_array_elements(${JSON.stringify(changed)}::jsonb) x(patch)
  WHERE t.tenant_id = x.patch->>'tenant_id' AND t.task_id = x.patch->>'task_id'`;
