import { waitUntil } from '@saas/local-stack';
import { textOf, type GraphqlClient } from './graphql-client.ts';
import { accepted, refusals, type Person } from './tenants.ts';

/** What a project says of itself. */
export const PROJECT = `id name description status archivedAt viewerRole version createdAt updatedAt taskCount openTaskCount
  owner { id name } members { nodes { role joinedAt user { id name } } }`;
/** What a task says of itself. */
export const TASK = `id title description status dueAt completedAt version createdAt updatedAt
  project { id name } assignee { id name } createdBy { id name }`;
const NOTIFICATION = `id kind title isRead readAt archivedAt version actor { id name }
  subject { __typename ... on Task { id title } ... on Project { id name } ... on User { id name } }`;

/** A mutation with all that its payload has to say. */
export const mutation = (name: string): string => {
  const thing = name.includes('Task') ? `task { ${TASK} }` : `project { ${PROJECT} }`;
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${thing} userErrors { code field retryable } } }`;
};

/** Query: a page of one's own notifications, and how many are unread. */
export const INBOX = `query ($first: Int, $after: String, $filter: NotificationFilter) {
  notifications(first: $first, after: $after, filter: $filter) { nodes { ${NOTIFICATION} } pageInfo { hasNextPage endCursor } }
  unreadNotificationCount }`;

/** Creates a project with these members; resolves when all are in. */
export const newProject = async (
  graphql: GraphqlClient,
  owner: Person,
  { name = 'Apollo', members = [] }: { readonly name?: string; readonly members?: readonly Person[] } = {},
): Promise<string> => {
  const created = accepted(
    await graphql(mutation('createProject'), { input: { name } }, owner),
    'createProject',
  );
  const projectId = textOf(created['project']?.['id']);
  for (const { id: userId } of members) await addMember(graphql, owner, { projectId, userId });
  return projectId;
};

/** Lets somebody in; a colleague who is too new to be known is tried again, as clients are told to. */
export const addMember = (
  graphql: GraphqlClient,
  by: Person,
  input: { readonly projectId: string; readonly userId: string; readonly role?: string },
) =>
  waitUntil('the colleague to be known', async () => {
    const answer = await graphql(mutation('addProjectMember'), { input }, by);
    return (
      refusals(answer, 'addProjectMember')[0] !== 'USER_UNKNOWN_YET' && accepted(answer, 'addProjectMember')
    );
  });

/** Creates a task and answers its id. */
export const newTask = async (
  graphql: GraphqlClient,
  by: Person,
  input: { readonly projectId: string; readonly title?: string; readonly assigneeId?: string },
): Promise<string> => {
  const answer = await graphql(mutation('createTask'), { input: { title: 'Paint the shed', ...input } }, by);
  return textOf(accepted(answer, 'createTask')['task']?.['id']);
};

/** Waits until the person has heard of something, and answers the newest notification's id. */
export const firstNotification = (graphql: GraphqlClient, person: Person): Promise<string> =>
  waitUntil('a notification', async () => {
    const { data } = await graphql(INBOX, {}, person);
    const nodes = data['notifications']?.['nodes'] as readonly { readonly id: string }[] | undefined;
    return nodes?.[0]?.id;
  });
