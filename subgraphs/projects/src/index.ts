export { knownUser, type KnownUser, type KnownUserCommand } from './known-user/known-user.decider.ts';
export { knownUserStream } from './known-user/known-user.events.ts';
export {
  MEMBERS_MAX,
  type ExistingProject,
  type Project,
  type ProjectCommand,
} from './project/project.decider.ts';
export { projectStream } from './project/project.events.ts';
export {
  parseProjectDescription,
  parseProjectName,
  type Actor,
  type ProjectRole,
} from './project/project.values.ts';
export { projectsEvents } from './projects.events.ts';
export { readProjectsConfig, type ProjectsConfig } from './projects.config.ts';
export type { ProjectsServices } from './projects.context.ts';
export type { Task, TaskCommand } from './task/task.decider.ts';
export { taskStream } from './task/task.events.ts';
export {
  parseTaskDescription,
  parseTaskTitle,
  type OpenTaskStatus,
  type TaskStatus,
} from './task/task.values.ts';
export {
  projectsReadModels,
  projectsRebuilding,
  projectsServices,
  startProjects,
  type AllServices,
  type ProjectsAdapters,
  type RunningProjects,
} from './wiring.ts';
