import { bucketOfId, newId } from '@saas/kernel';
import { waitUntil } from '@saas/local-stack';
import {
  knownUserStream,
  parseProjectDescription,
  parseProjectName,
  projectStream,
  type ExistingProject,
  type Project,
  type RunningProjects,
} from '@saas/projects';
import { demoProjectName, MEMBERS_PER_PROJECT, pick, PROJECTS_PER_TENANT } from './demo-content.ts';
import { demoClaim, demoClock, demoMetadata, type DemoTenant } from './demo-context.ts';

export type DemoProject = {
  readonly state: ExistingProject;
  readonly version: number;
  /** Who may change its tasks. */
  readonly writerIds: readonly ExistingProject['ownerId'][];
};

const ROLES = ['MAINTAINER', 'MEMBER', 'MEMBER', 'VIEWER'] as const;
/** The places in a project whose people are no viewers; the owner has place 0. */
const WRITERS = [0, 1, 2, 3];

/** The projects of one tenant with their members. Each round is one transaction over all of them. */
export const seedProjects = async (
  { handleProject, store }: RunningProjects['services'],
  tenant: DemoTenant,
  report: (made: number) => void,
): Promise<readonly DemoProject[]> => {
  const { tenantId, index, users } = tenant;
  await waitUntil('the projects service has heard of everybody', async () => {
    const slices = await store.read(
      tenantId,
      users.map(({ userId }) => knownUserStream(userId)),
    );
    return slices.every(({ version }) => version > 0);
  });

  const memberOf = (project: number, place: number) => pick(users, project * 3 + place);
  const created = await handleProject({
    tenantId,
    metadata: demoMetadata,
    claim: demoClaim(`projects-${index}`),
    work: {
      commands: Array.from({ length: PROJECTS_PER_TENANT }, (_, project) => {
        const clock = demoClock(60, project);
        const projectId = newId('prj', bucketOfId(tenantId), clock);
        const name = parseProjectName(demoProjectName(project));
        const description = parseProjectDescription(`Everything about the ${name.toLowerCase()}.`);
        const by = { userId: memberOf(project, 0).userId, tenantRole: 'OWNER' as const };
        const at = clock.now().toISOString();
        return {
          stream: projectStream(projectId),
          command: { type: 'CreateProject' as const, projectId, name, description, by, at },
          isNew: true as const,
        };
      }),
    },
  });
  report(created.results.length);
  let { results } = created;
  for (let place = 1; place < MEMBERS_PER_PROJECT; place += 1) {
    ({ results } = await handleProject({
      tenantId,
      metadata: demoMetadata,
      claim: demoClaim(`members-${index}-${place}`),
      work: {
        commands: results.map(({ stream, state }, project) => ({
          stream,
          command: {
            type: 'AddProjectMember' as const,
            userId: memberOf(project, place).userId,
            role: pick(ROLES, place - 1),
            standing: 'active' as const,
            by: { userId: existing(state).ownerId, tenantRole: 'MEMBER' as const },
            at: demoClock(59, project + place)
              .now()
              .toISOString(),
          },
        })),
      },
    }));
  }
  return results.map(({ state, version }, project) => ({
    state: existing(state),
    version,
    writerIds: WRITERS.map((place) => memberOf(project, place).userId),
  }));
};

const existing = (state: Project): ExistingProject => {
  if (state.status === 'absent') throw new Error('A project was made and is absent.');
  return state;
};
