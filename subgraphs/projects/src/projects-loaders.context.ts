import type { AuthenticatedViewer } from '@saas/auth';
import { canonicalJson, isId, type IdKind, type ProjectId, type TaskId, type UserId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-projects';
import {
  connectionOf,
  loader,
  parsePage,
  subgraphErrors,
  type Connection,
  type Loader,
} from '@saas/subgraph';
import { activityOfProjects } from './project-activity/project-activity.queries.ts';
import * as projectList from './project-list/project-list.queries.ts';
import * as taskList from './task-list/task-list.queries.ts';

/** Runs one transaction as the viewer of the request. */
type Read = <Result>(
  work: (tx: Prisma.TransactionClient, viewer: AuthenticatedViewer) => Promise<Result>,
) => Promise<Result>;

export type ProjectsLoaders = ReturnType<typeof projectsLoaders>;

/** One request's loaders: what is asked for meanwhile is asked for together, once per tick. */
export const projectsLoaders = (read: Read) => ({
  project: loader((ids: readonly ProjectId[]) =>
    read((tx, viewer) => projectList.projectsByIds(tx, viewer, ids)),
  ),
  task: loader((ids: readonly TaskId[]) => read((tx, viewer) => taskList.tasksByIds(tx, viewer, ids))),
  taskCounts: loader((ids: readonly ProjectId[]) =>
    read((tx, { tenantId }) => taskList.taskCountsOfProjects(tx, tenantId, ids)),
  ),
  activity: loader((ids: readonly ProjectId[]) =>
    read((tx, { tenantId }) => activityOfProjects(tx, tenantId, ids)),
  ),
  projectsOfUser: listLoader(
    (ids: readonly UserId[], slice: projectList.Slice & { readonly includeArchived: boolean }) =>
      read((tx, viewer) => projectList.projectsOfUsers(tx, viewer, ids, slice)),
  ),
  membersOfProject: listLoader((ids: readonly ProjectId[], slice: projectList.Slice) =>
    read((tx, { tenantId }) => projectList.membersOfProjects(tx, tenantId, ids, slice)),
  ),
  tasksOfProject: listLoader((ids: readonly ProjectId[], filter: taskList.TaskFilter) =>
    read((tx, { tenantId }) => taskList.tasksOfProjects(tx, tenantId, ids, filter)),
  ),
  tasksOfUser: listLoader((ids: readonly UserId[], filter: taskList.TaskFilter) =>
    read((tx, viewer) => taskList.tasksOfUsers(tx, viewer, ids, filter)),
  ),
});

/** A list below a parent: whose, and which part of it. */
export type ListKey<ParentId, Slice> = { readonly parentId: ParentId; readonly slice: Slice };

/**
 * Loads lists of many parents: those that want the same part are read together, so that a query costs one statement
 * for each of its fields, however many parents it has.
 */
export const listLoader = <ParentId, Slice, Row>(
  read: (
    parentIds: readonly ParentId[],
    slice: Slice,
  ) => Promise<ReadonlyMap<ParentId | null, readonly Row[]>>,
): Loader<ListKey<ParentId, Slice>, readonly Row[]> =>
  loader<ListKey<ParentId, Slice>, readonly Row[]>(
    async (keys) => {
      const bySlice = projectList.grouped(keys, ({ slice }) => canonicalJson(slice));
      const found = new Map<string, readonly Row[]>();
      await Promise.all(
        [...bySlice.values()].map(async (group) => {
          const [first] = group;
          if (!first) return;
          const rows = await read(
            group.map(({ parentId }) => parentId),
            first.slice,
          );
          for (const key of group) found.set(canonicalJson(key), rows.get(key.parentId) ?? []);
        }),
      );
      return found;
    },
    { keyOf: canonicalJson },
  );

type PageArgs = { readonly first?: number | null; readonly after?: string | null };

/**
 * A page of a list that is ordered by ids of one kind.
 *
 * @param rowsOf reads the rows behind an id, at most as many as told.
 * @throws {AppError} `PAGE_SIZE_INVALID`, or `CURSOR_MALFORMED` for a cursor of another list.
 */
export const pageBy = async <Row>(
  kind: IdKind,
  args: PageArgs,
  idOf: (row: Row) => string,
  rowsOf: (slice: { after: string | undefined; limit: number }) => Promise<readonly Row[] | null>,
): Promise<Connection<Row>> => {
  const page = parsePage(args);
  const { after, limit } = page;
  if (after !== undefined && !isId(kind, after)) throw subgraphErrors.CURSOR_MALFORMED({ field: 'after' });
  return connectionOf((await rowsOf({ after, limit: limit + 1 })) ?? [], page, idOf);
};
