import type { ProjectView } from '../project-list/project-list.queries.ts';
import type { ProjectsContext } from '../projects.context.ts';
import type { ActivityRow } from './project-activity.queries.ts';

/** How what has happened in a project is asked for. */
export const projectActivityResolvers = {
  Project: {
    activity: ({ projectId }: ProjectView, _: unknown, context: ProjectsContext) =>
      context.loaders().activity.load(projectId),
  },

  ProjectActivity: {
    lastBy: ({ lastBy }: ActivityRow) => ({ id: lastBy }),
  },
};
