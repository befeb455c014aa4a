import { requireViewer } from '@saas/auth';
import { bucketOfId, isId, parseId, type ProjectId } from '@saas/kernel';
import type { ProjectsContext } from '../projects.context.ts';
import { pageBy } from '../projects-loaders.context.ts';
import { projectsOfTenant, type MemberRow, type ProjectView } from './project-list.queries.ts';

type PageArgs = { readonly first?: number | null; readonly after?: string | null };
type ProjectsArgs = PageArgs & { readonly includeArchived?: boolean | null };

/** How projects, their members and people's projects are asked for. */
export const projectListResolvers = {
  Query: {
    project: (_: unknown, { id }: { id: string }, context: ProjectsContext) =>
      context.loaders().project.load(parseId('prj', id)),

    projects: (_: unknown, args: ProjectsArgs, context: ProjectsContext) => {
      const { tenantId, userId, role } = requireViewer(context.viewer);
      const includeArchived = args.includeArchived ?? false;
      return pageBy('prj', args, projectIdOf, (slice) =>
        role === 'MEMBER'
          ? context.loaders().projectsOfUser.load({ parentId: userId, slice: { ...slice, includeArchived } })
          : context.read((tx) => projectsOfTenant(tx, tenantId, { ...slice, includeArchived })),
      );
    },
  },

  Project: {
    /** Other subgraphs know a project by its key alone. What the viewer may not see is null, like what is not there. */
    __resolveReference: ({ id }: { id: string }, context: ProjectsContext) =>
      isId('prj', id) ? context.loaders().project.load(id) : null,
    id: projectIdOf,
    status: ({ archivedAt }: ProjectView) => (archivedAt === null ? 'ACTIVE' : 'ARCHIVED'),
    owner: ({ ownerId }: ProjectView) => ({ id: ownerId }),
    members: ({ projectId }: ProjectView, args: PageArgs, context: ProjectsContext) =>
      pageBy(
        'usr',
        args,
        ({ userId }: MemberRow) => userId,
        (slice) => context.loaders().membersOfProject.load({ parentId: projectId, slice }),
      ),
    taskCount: async ({ projectId }: ProjectView, _: unknown, context: ProjectsContext) =>
      (await context.loaders().taskCounts.load(projectId))?.total ?? 0,
    openTaskCount: async ({ projectId }: ProjectView, _: unknown, context: ProjectsContext) =>
      (await context.loaders().taskCounts.load(projectId))?.open ?? 0,
  },

  ProjectMember: {
    user: ({ userId }: MemberRow) => ({ id: userId }),
  },

  User: {
    /** Somebody of another tenant looks absent. Whether a user of this one exists is for the users service to say. */
    __resolveReference: ({ id }: { id: string }, context: ProjectsContext) => {
      const { tenantId } = requireViewer(context.viewer);
      return isId('usr', id) && bucketOfId(id) === bucketOfId(tenantId) ? { id } : null;
    },
    projects: ({ id }: { id: string }, args: PageArgs, context: ProjectsContext) =>
      pageBy('prj', args, projectIdOf, (slice) =>
        context
          .loaders()
          .projectsOfUser.load({ parentId: parseId('usr', id), slice: { ...slice, includeArchived: false } }),
      ),
  },
};

function projectIdOf({ projectId }: ProjectView): ProjectId {
  return projectId;
}
