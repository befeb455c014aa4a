import { dateTimeScalar } from '@saas/subgraph';
import { projectResolvers } from './project/project.resolvers.ts';
import { projectActivityResolvers } from './project-activity/project-activity.resolvers.ts';
import { projectListResolvers } from './project-list/project-list.resolvers.ts';
import { taskResolvers } from './task/task.resolvers.ts';
import { taskListResolvers } from './task-list/task-list.resolvers.ts';

/** Every field of the schema that is more than a property, put together from the folders. */
export const projectsResolvers = {
  DateTime: dateTimeScalar,
  Query: { ...projectListResolvers.Query, ...taskListResolvers.Query },
  Mutation: { ...projectResolvers.Mutation, ...taskResolvers.Mutation },
  Project: {
    ...projectListResolvers.Project,
    ...taskListResolvers.Project,
    ...projectActivityResolvers.Project,
  },
  ProjectActivity: projectActivityResolvers.ProjectActivity,
  ProjectMember: projectListResolvers.ProjectMember,
  Task: taskListResolvers.Task,
  User: { ...projectListResolvers.User, ...taskListResolvers.User },
};
