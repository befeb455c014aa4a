import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@saas/event-sourcing';
import { newId, newTenantId, testClock } from '@saas/kernel';
import { projectStream, type ProjectEvent } from '../project/project.events.ts';
import { parseProjectName } from '../project/project.values.ts';
import { projectRowsOf } from './project-list.projection.ts';
import { memberRowsOf } from './project-members.projection.ts';

const clock = testClock();
const tenantId = newTenantId(clock);
const projectId = newId('prj', 7, clock);
const [ada, ben] = [newId('usr', 7, clock), newId('usr', 7, clock)];
const at = clock.now().toISOString();
const key = { tenantId, projectId };

const recorded = (...events: readonly ProjectEvent[]): readonly RecordedEvent<ProjectEvent>[] =>
  events.map((event, index) => ({
    ...event,
    id: newId('evt', 7, clock),
    stream: projectStream(projectId),
    version: index + 1,
    tenantId,
    metadata: { actor: ada, requestId: 'request-1' },
    recordedAt: at,
  }));

const created: ProjectEvent = {
  type: 'ProjectWasCreated',
  data: { projectId, name: parseProjectName('Apollo'), description: null, ownerId: ada, by: ada, at },
};
const added: ProjectEvent = {
  type: 'ProjectMemberWasAdded',
  data: { userId: ben, role: 'MEMBER', by: ada, at },
};
const removed: ProjectEvent = {
  type: 'ProjectMemberWasRemoved',
  data: { userId: ben, ownerId: ada, by: ada, at },
};
const promoted: ProjectEvent = {
  type: 'ProjectMemberRoleWasChanged',
  data: { userId: ben, role: 'OWNER', ownerId: ada, by: ada, at },
};
const archived: ProjectEvent = { type: 'ProjectWasArchived', data: { by: ada, at } };

describe('the rows of a project', () => {
  it('are one when it is new, with everything that happened to it meanwhile', () => {
    const { created: rows, changed } = projectRowsOf(recorded(created, added, archived));
    expect(rows).toMatchObject([{ project_id: projectId, name: 'Apollo', archived_at: at, version: 3 }]);
    expect(changed).toEqual([]);
  });

  it('are changed only where something happened', () => {
    const { changed } = projectRowsOf(recorded(archived));
    expect(changed).toEqual([
      { tenant_id: tenantId, project_id: projectId, archived_at: at, version: 1, updated_at: at },
    ]);
  });
});

describe('the rows of its members', () => {
  it('begin with the owner', () => {
    expect(memberRowsOf(recorded(created)).added).toEqual([
      { ...key, userId: ada, role: 'OWNER', joinedAt: at },
    ]);
  });

  it('show the last role of somebody who joined in the same batch', () => {
    expect(memberRowsOf(recorded(added, promoted))).toEqual({
      removed: [],
      added: [{ ...key, userId: ben, role: 'OWNER', joinedAt: at }],
      changed: [],
    });
  });

  it('show nothing of somebody who came and went in the same batch', () => {
    expect(memberRowsOf(recorded(added, removed))).toEqual({ removed: [], added: [], changed: [] });
  });

  it('are replaced for somebody who went and came back', () => {
    expect(memberRowsOf(recorded(promoted, removed, added))).toEqual({
      removed: [{ ...key, userId: ben }],
      added: [{ ...key, userId: ben, role: 'MEMBER', joinedAt: at }],
      changed: [],
    });
  });
});
