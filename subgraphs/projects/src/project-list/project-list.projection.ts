import type { RecordedEvent } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { ReadModel } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-projects';
import { projectOfStream, type ProjectEvent } from '../project/project.events.ts';

type Tx = Prisma.TransactionClient;
type Recorded = RecordedEvent<ProjectEvent>;

/**
 * Writes the projects as they are shown, together with the events.
 *
 * Any number of events costs at most one statement for new projects and one for changed ones.
 */
export const projectListProjection: ReadModel<Tx> = {
  name: 'project-list-1',
  tables: ['projects'],
  async apply(events, tx) {
    const { created, changed } = projectRowsOf(events.filter(isProjectEvent));
    if (created.length > 0) await insertProjects(tx, created);
    if (changed.length > 0) await patchProjects(tx, changed);
  },
};

/** Says whether an event is a project's, by the stream it stands in. */
export const isProjectEvent = (event: RecordedEvent): event is Recorded =>
  event.stream.startsWith('project-');

// The keys are columns: what is given is written, what is not stays as it is.
type Patch = {
  readonly tenant_id: string;
  readonly project_id: string;
  readonly version: number;
  readonly updated_at: string;
  readonly [column: string]: string | number | null;
};

/** What the events leave behind of each project: the whole row of each that is new, the changed columns of the others. */
export const projectRowsOf = (
  events: readonly Recorded[],
): { readonly created: readonly Patch[]; readonly changed: readonly Patch[] } => {
  const created = new Map<string, Patch>();
  const changed = new Map<string, Patch>();
  for (const event of events) {
    const { tenantId, version, data } = event;
    const project_id = projectOfStream(event.stream);
    const rows = event.type === 'ProjectWasCreated' || created.has(project_id) ? created : changed;
    rows.set(project_id, {
      ...rows.get(project_id),
      ...columnsOf(event),
      tenant_id: tenantId,
      project_id,
      version,
      updated_at: data.at,
    });
  }
  return { created: [...created.values()], changed: [...changed.values()] };
};

const columnsOf = ({ type, data }: Recorded) => {
  switch (type) {
    case 'ProjectWasCreated': {
      const { name, description, ownerId, at } = data;
      return { name, description, owner_id: ownerId, created_at: at };
    }
    case 'ProjectWasRenamed':
      return { name: data.name, description: data.description };
    case 'ProjectWasArchived':
      return { archived_at: data.at };
    case 'ProjectMemberWasAdded':
      return {};
    case 'ProjectMemberWasRemoved':
    case 'ProjectMemberRoleWasChanged':
      return { owner_id: data.ownerId };
    default:
      return assertNever(type);
  }
};

const insertProjects = (tx: Tx, created: readonly Patch[]): Promise<number> => tx.$executeRaw`
  INSERT INTO projects (tenant_id, project_id, name, description, owner_id, archived_at, version, created_at, updated_at)
  SELECT tenant_id, project_id, name, description, owner_id, archived_at, version, created_at, updated_at
  FROM jsonb_populate_recordset(null::projects, ${JSON.stringify(created)}::jsonb)`;

// jsonb_populate_record() takes from the row whatever the patch does not name.
const patchProjects = (tx: Tx, changed: readonly Patch[]): Promise<number> => tx.$executeRaw`
  UPDATE projects p SET (name, description, owner_id, archived_at, version, updated_at) = (
    SELECT r.name, r.description, r.owner_id, r.archived_at, r.version, r.updated_at
    FROM jsonb_populate_record(p, x.patch) r)
  FROM jsonb_array_elements(${JSON.stringify(changed)}::jsonb) x(patch)
  WHERE p.tenant_id = x.patch->>'tenant_id' AND p.project_id = x.patch->>'project_id'`;
