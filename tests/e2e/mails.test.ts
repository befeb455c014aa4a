import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '@saas/local-stack';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import { accepted, PASSWORD, type Person } from '../support/tenants.ts';
import { newProject, newTask } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(60_000);

let system: SystemUnderTest;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const DIGEST = `mutation ($window: DigestWindow!) { updateEmailDigest(input: { window: $window }) {
  preferences { emailDigest version } userErrors { code } } }`;
const CHANGE_PASSWORD = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
  user { version } userErrors { code } } }`;
const DELIVERIES = `{ notifications(first: 1) { nodes { title
  deliveries { channel status attempts lastError sentAt } } } }`;

type Shown = { readonly title: string; readonly deliveries: readonly { readonly status: string }[] };
const shownIn = (data: Readonly<Record<string, unknown>>) =>
  (data['notifications'] as { readonly nodes: readonly Shown[] } | null)?.nodes ?? [];

/** Every mail that lies in the spool for the person, whole. */
const mailsTo = async ({ email }: Person): Promise<readonly string[]> => {
  const folder = join(system.dataDir, 'mail');
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.eml'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.filter((text) => text.includes(`<${email}>`));
};
const firstMailTo = (person: Person) => waitUntil('an e-mail', async () => (await mailsTo(person))[0]);

describe('an e-mail', () => {
  it('reaches the address that the account has, without a mail server as a file', async () => {
    const ada = await system.registerTenant();
    const input = { currentPassword: PASSWORD, newPassword: `${PASSWORD} new` };
    accepted(await system.graphql(CHANGE_PASSWORD, { input }, ada), 'changePassword');
    const text = await firstMailTo(ada);
    expect(text).toContain('Subject: The password of your account was changed.');
    expect(text).toContain('Hello Ada Lovelace,');
  });

  it('comes at once to who wants it so, and its notification says that it was accepted', async () => {
    const ada = await system.registerTenant();
    const ben = await system.join(ada);
    const { preferences } = accepted(
      await system.graphql(DIGEST, { window: 'IMMEDIATELY' }, ben),
      'updateEmailDigest',
    );
    expect(preferences).toEqual({ emailDigest: 'IMMEDIATELY', version: 1 });
    const projectId = await newProject(system.graphql, ada, { members: [ben] });
    await newTask(system.graphql, ada, { projectId, assigneeId: ben.id, title: 'Oil the door' });
    expect(await firstMailTo(ben)).toContain('Oil the door');
    const node = await waitUntil('the note of it', async () => {
      const { data } = await system.graphql(DELIVERIES, {}, ben);
      const [newest] = shownIn(data);
      return newest?.deliveries[0]?.status === 'SENT' && newest;
    });
    expect(node.deliveries).toEqual([
      { channel: 'EMAIL', status: 'SENT', attempts: 1, lastError: null, sentAt: expect.any(String) },
    ]);
  });

  it('about work waits for an hour unless told otherwise', async () => {
    const ada = await system.registerTenant();
    const ben = await system.join(ada);
    const projectId = await newProject(system.graphql, ada, { members: [ben] });
    await newTask(system.graphql, ada, { projectId, assigneeId: ben.id });
    const deliveries = await waitUntil('the notification', async () => {
      const { data } = await system.graphql(DELIVERIES, {}, ben);
      return shownIn(data).find(({ title }) => title.includes('Paint the shed'))?.deliveries;
    });
    expect(deliveries).toMatchObject([{ channel: 'EMAIL', status: 'WAITING', attempts: 0 }]);
    expect(await mailsTo(ben)).toEqual([]);
  });
});

describe('the contacts of the users service', () => {
  it('are told to nobody without the key', async () => {
    const ada = await system.registerTenant();
    const response = await fetch(new URL(`/contacts/${ada.tenantId}/${ada.id}`, system.users.url));
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(ada.email);
  });
});
