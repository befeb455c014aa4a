import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ProvisionedService } from '@saas/local-stack';
import { openReadModelDesk, type ReadModelDesk } from '@saas/postgres';
import { createLogger } from '@saas/telemetry';
import {
  openErasure,
  parsePersonName,
  usersEvents,
  usersRebuilding,
  type PersonErasure,
  type RunningUsers,
} from '@saas/users';
import { asSuperuser } from '../support/events.ts';
import { openDatabase } from '../support/stack.ts';
import { founder, startUsersFor, usersConfigFor } from '../support/users-service.ts';

let service: ProvisionedService;
let users: RunningUsers;
let desk: ReadModelDesk;
let erasure: PersonErasure & { readonly stop: () => Promise<void> };
beforeAll(async () => {
  service = await openDatabase('users');
  users = await startUsersFor(service.shards);
  const config = usersConfigFor(service.shards);
  erasure = await openErasure(config, { logger: createLogger({ name: 'erasure', level: 'silent' }) });
  const sealing = { schemas: usersEvents, secret: config.PERSONAL_DATA_KEY.reveal() };
  const { shards, migrationUrls: ownerUrls } = service;
  desk = await openReadModelDesk({ service: 'users', shards, ownerUrls, sealing, ...usersRebuilding });
});
afterAll(async () => {
  await desk.close();
  await erasure.stop();
  await users.stop();
});

/** Builds it again on every shard; answers how many rows there are, and whether they are the running ones. */
const rebuilt = async (name: string) => {
  const found: boolean[] = [];
  await desk.rebuild(name, {
    isFresh: true,
    onBuilt: (_, { comparison }) => found.push(...(comparison ?? []).map(({ isEqual }) => isEqual)),
  });
  return found.every(Boolean);
};

it('gives the names that are sealed in the events, and of an erased person the stand-ins', async () => {
  const { account: ada } = await users.services.register({
    ...founder('ada@example.com'),
    name: parsePersonName('Ada Sealed'),
  });
  await users.services.register({ ...founder('ben@example.com'), name: parsePersonName('Ben Sealed') });
  for (const name of ['accounts', 'tenants', 'sessions']) expect(await rebuilt(name)).toBe(true);
  await desk.switch('accounts');
  expect(await rebuilt('accounts')).toBe(true);

  await erasure.erase(ada.userId, 'root');
  await desk.refresh('accounts');
  for (const schema of ['public', 'candidate_accounts', 'previous_accounts']) {
    const rows = await asSuperuser<{ name: string }>(
      [service],
      `SELECT name FROM ${schema}.accounts ORDER BY name`,
    );
    expect(rows.map(({ name }) => name).toSorted()).toEqual(['Ben Sealed', 'Erased user']);
  }
  expect(await rebuilt('accounts')).toBe(true);
});
