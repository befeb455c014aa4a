import { stateOf, type EventStore, type StreamVersion, type Work } from '@saas/event-sourcing';
import { bucketOfId, newId, type Clock, type ProjectId, type TenantId, type UserId } from '@saas/kernel';
import { knownUser, type Standing } from '../known-user/known-user.decider.ts';
import { knownUserStream, type KnownUserEvent } from '../known-user/known-user.events.ts';
import { project, projectSnapshots, type Project, type ProjectCommand } from './project.decider.ts';
import { projectStream, type ProjectEvent } from './project.events.ts';

type AddProjectMember = Extract<ProjectCommand, { type: 'AddProjectMember' }>;

/** The project as it stands on the primary, and where it stood; depend on it to decide something else by it. */
export const readProject = async (
  store: EventStore,
  tenantId: TenantId,
  projectId: ProjectId,
): Promise<{ readonly state: Project; readonly at: StreamVersion }> => {
  const stream = projectStream(projectId);
  const [slice = { events: [], version: 0 }] = await store.read<ProjectEvent>(tenantId, [stream], {
    snapshots: projectSnapshots.schemaVersion,
  });
  return { state: stateOf(project, slice), at: { stream, version: slice.version } };
};

type Options = {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly tenantId: TenantId;
  readonly projectId: ProjectId;
  readonly expectedVersion?: number | undefined;
  readonly command: Omit<AddProjectMember, 'standing'>;
};

/** Adding a member depends on what is known of the user, so that a deactivation meanwhile cannot be raced. */
export const addMemberWork =
  ({ store, clock, tenantId, projectId, expectedVersion, command }: Options) =>
  async (): Promise<Work<ProjectCommand>> => {
    const { userId } = command;
    const stream = knownUserStream(userId);
    const [slice = { events: [], version: 0 }] = await store.read<KnownUserEvent>(tenantId, [stream]);
    const { status } = stateOf(knownUser, slice);
    const standing: Standing = status === 'unknown' ? standingOfUnknown(userId, tenantId, clock) : status;
    return {
      commands: [{ stream: projectStream(projectId), command: { ...command, standing }, expectedVersion }],
      dependsOn: [{ stream, version: slice.version }],
    };
  };

const SETTLING_MS = 60_000;

/** News of a new account takes a moment to get here. Ids begin with the time, so a new account can be told by its id. */
const standingOfUnknown = (userId: UserId, tenantId: TenantId, clock: Clock): Standing => {
  const isOurs = bucketOfId(userId) === bucketOfId(tenantId);
  const nowMs = clock.now().getTime();
  const isNew = userId > idPrefixAt(nowMs - SETTLING_MS) && userId < idPrefixAt(nowMs + SETTLING_MS);
  return isOurs && isNew ? 'too-new' : 'unknown';
};

const ID_PREFIX_LENGTH = 'usr_'.length + 10;

const idPrefixAt = (timeMs: number): string =>
  newId('usr', 0, { now: () => new Date(timeMs) }).slice(0, ID_PREFIX_LENGTH);
