import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { parseId } from '@saas/kernel';
import { waitUntil } from '@saas/local-stack';
import { createLogger } from '@saas/telemetry';
import { openErasure } from '@saas/users';
import { asSuperuser } from '../support/events.ts';
import { tablesSaying } from '../support/rows-saying.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import { usersConfigFor } from '../support/users-service.ts';
import { newProject, newTask } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(60_000);

const USERS_PERSONAL_DATA_KEY = 'personal data key of this test';
let system: SystemUnderTest;
beforeAll(async () => {
  system = await startSystem({ USERS_PERSONAL_DATA_KEY });
});
afterAll(() => system.stop());

const COLLEAGUE = `query ($id: ID!) { user(id: $id) { name email status } }`;

it('an erased person is gone from every service, while the whole system runs', async () => {
  const ada = await system.registerTenant();
  const ben = await system.join(ada, 'MEMBER', 'Benjamin-who-leaves');
  const projectId = await newProject(system.graphql, ada, { members: [ben] });
  await newTask(system.graphql, ada, { projectId, assigneeId: ben.id, title: 'Oil the door' });
  const notificationsOf = () =>
    asSuperuser([system.databases.notifications], 'SELECT FROM notifications WHERE recipient_id = $1', [
      ben.id,
    ]);
  await waitUntil('notifications', async () => (await notificationsOf()).length === 2);
  // Where a webhook leads is the person's own, too.
  await asSuperuser(
    [system.databases.notifications],
    `INSERT INTO webhooks (hook_id, tenant_id, user_id, url, is_in_use, created_at)
     SELECT gen_random_uuid()::text, $1, $2, 'https://hooks.example/Benjamin-who-leaves', true, now()
     FROM inboxes WHERE user_id = $2`,
    [ben.tenantId, ben.id],
  );

  const config = usersConfigFor(system.databases.users.shards, { USERS_PERSONAL_DATA_KEY });
  const erasure = await openErasure(config, { logger: createLogger({ name: 'erase', level: 'silent' }) });
  try {
    await erasure.erase(parseId('usr', ben.id), 'root');
  } finally {
    await erasure.stop();
  }

  await waitUntil('the gateway to refuse the token', async () => {
    const { text } = await system.graphql('{ me { id } }', {}, ben);
    return text.includes('SESSION_REVOKED');
  });
  await waitUntil('notifications to be forgotten', async () => (await notificationsOf()).length === 0);
  await system.drained();
  const services = Object.values(system.databases);
  expect(await tablesSaying(services, ben.email)).toEqual([]);
  expect(await tablesSaying(services, 'Benjamin-who-leaves')).toEqual([]);
  const { data } = await system.graphql(COLLEAGUE, { id: ben.id }, ada);
  expect(data['user']).toEqual({
    name: 'Erased user',
    email: 'erased@erased.invalid',
    status: 'DEACTIVATED',
  });
});
