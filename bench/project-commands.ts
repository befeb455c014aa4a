import type { AuthenticatedViewer } from '@saas/auth';
import type { Claim, CommandOn, CommandRequest, Decided } from '@saas/event-sourcing';
import { bucketOfId, newId, systemClock, type UserId } from '@saas/kernel';
import {
  parseProjectName,
  parseTaskTitle,
  projectStream,
  taskStream,
  type ExistingProject,
  type Project,
  type ProjectCommand,
  type RunningProjects,
  type TaskCommand,
} from '@saas/projects';

type Services = RunningProjects['services'];

/** A project as its creation left it, and the owner of its tenant. */
export type BenchProject = {
  readonly viewer: AuthenticatedViewer;
  readonly state: ExistingProject;
  readonly version: number;
};

/** A task, and whether it was moved an even number of times. */
export type BenchTask = {
  readonly home: BenchProject;
  readonly stream: Decided<unknown>['stream'];
  isMoved: boolean;
};

/** Makes that many projects of one tenant in one transaction. */
export const createProjects = async (
  { handleProject }: Services,
  viewer: AuthenticatedViewer,
  count: number,
): Promise<readonly BenchProject[]> => {
  const commands = Array.from({ length: count }, (): CommandOn<ProjectCommand> => {
    const projectId = newId('prj', bucketOfId(viewer.tenantId), systemClock);
    const name = parseProjectName('Warehouse robots');
    const command = { type: 'CreateProject', projectId, name, description: null, ...author(viewer) } as const;
    return { stream: projectStream(projectId), command, isNew: true };
  });
  const { results } = await handleProject({ ...common(viewer), work: { commands } });
  return results.map(({ state, version }) => ({ viewer, state: existing(state), version }));
};

/** Makes that many tasks of one project in one transaction. */
export const createTasks = async (
  { handleTask }: Services,
  home: BenchProject,
  count: number,
  {
    claim,
    assigneeId = null,
  }: { readonly claim?: Claim | undefined; readonly assigneeId?: UserId | null } = {},
): Promise<readonly BenchTask[]> => {
  const commands = Array.from({ length: count }, (): CommandOn<TaskCommand> => {
    const taskId = newId('tsk', bucketOfId(home.viewer.tenantId), systemClock);
    const title = parseTaskTitle('Grease the joints');
    const content = { title, description: null, dueAt: null, assigneeId };
    const command = { type: 'CreateTask', taskId, ...content, ...within(home) } as const;
    return { stream: taskStream(taskId), command, isNew: true };
  });
  const work = { commands, dependsOn: [stillAt(home)] };
  const { results } = await handleTask({ ...common(home.viewer), claim, work });
  return results.map(({ stream }) => ({ home, stream, isMoved: false }));
};

/** Moves a task to and fro. */
export const moveTask = ({ handleTask }: Services, task: BenchTask) => {
  const { home, stream } = task;
  const command = { type: 'MoveTask', status: statusToCome(task), ...within(home) } as const;
  const work = { commands: [{ stream, command }], dependsOn: [stillAt(home)] };
  return handleTask({ ...common(home.viewer), work });
};

/** Where the next move brings a task. */
export const statusToCome = (task: BenchTask): 'IN_PROGRESS' | 'IN_REVIEW' => {
  task.isMoved = !task.isMoved;
  return task.isMoved ? 'IN_PROGRESS' : 'IN_REVIEW';
};

/** Lets somebody into a project. */
export const addMember = async (
  { handleProject }: Services,
  project: BenchProject,
  userId: UserId,
): Promise<BenchProject> => {
  const { viewer, state } = project;
  const command = { type: 'AddProjectMember', userId, role: 'MEMBER', standing: 'active' } as const;
  const work = {
    commands: [{ stream: projectStream(state.projectId), command: { ...command, ...author(viewer) } }],
  };
  const { results } = await handleProject({ ...common(viewer), work });
  const [changed] = results;
  return { viewer, state: existing(changed?.state ?? state), version: changed?.version ?? project.version };
};

/** Gives a project a name that it never had. */
export const renameProject = (services: Services, project: BenchProject) =>
  changeProject(services, project, { type: 'RenameProject', name: parseProjectName(newName()) });

/** Closes a project for good. */
export const archiveProject = (services: Services, project: BenchProject) =>
  changeProject(services, project, { type: 'ArchiveProject' });

let named = 0;

/** A name that no project ever had: naming a project as it is called changes nothing. */
export const newName = (): string => `Warehouse robots, plan ${(named += 1)}`;

type Change =
  | Pick<Extract<ProjectCommand, { type: 'RenameProject' }>, 'type' | 'name'>
  | { readonly type: 'ArchiveProject' };

const changeProject = ({ handleProject }: Services, { viewer, state }: BenchProject, change: Change) => {
  const command = { ...change, ...author(viewer) };
  const work = { commands: [{ stream: projectStream(state.projectId), command }] };
  return handleProject({ ...common(viewer), work });
};

const common = ({ tenantId, userId }: AuthenticatedViewer): Omit<CommandRequest<never>, 'work'> => ({
  tenantId,
  metadata: { actor: userId, requestId: 'bench' },
});

const author = ({ userId, role }: AuthenticatedViewer) => ({
  by: { userId, tenantRole: role },
  at: systemClock.now().toISOString(),
});

const within = ({ state, viewer }: BenchProject) => ({ project: state, ...author(viewer) });

const stillAt = ({ state, version }: BenchProject) => ({ stream: projectStream(state.projectId), version });

const existing = (state: Project): ExistingProject => {
  if (state.status === 'absent') throw new Error('A project was created and is absent.');
  return state;
};
