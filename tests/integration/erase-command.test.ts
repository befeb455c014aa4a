import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@saas/kernel';
import type { ProvisionedService } from '@saas/local-stack';
import type { RunningUsers } from '@saas/users';
import { asSuperuser } from '../support/events.ts';
import { tablesSaying } from '../support/rows-saying.ts';
import { openDatabase } from '../support/stack.ts';
import { founder, startUsersFor, usersEnvironmentFor } from '../support/users-service.ts';

const script = join(import.meta.dirname, '../../scripts/dist/erase.js');
let service: ProvisionedService;
let users: RunningUsers;
beforeAll(async () => {
  service = await openDatabase('users');
  users = await startUsersFor(service.shards);
});
afterAll(() => users.stop());

type Ran = { readonly code: number | null; readonly output: string };

/** `npm run erase -- …` beside the running service, as an operator runs it in production. */
const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const env = {
      PATH: process.env['PATH'],
      ...usersEnvironmentFor(service.shards),
      MIGRATION_USERS_SHARDS: service.migrationUrls.join(';'),
      ...environment,
    };
    const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });

let made = 0;
const newcomer = async () => {
  const email = `m${process.pid}n${(made += 1)}@example.com`;
  const { account } = await users.services.register(founder(email));
  return { ...account, email };
};

describe('npm run erase', () => {
  it('changes nothing until it is told to, and names nobody', async () => {
    const { userId, email } = await newcomer();
    for (const args of [[], ['--dry-run']]) {
      const { code, output } = await run(['--user', userId, ...args]);
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('--yes') });
      expect(output).toContain('the last active owner');
      expect(output).not.toContain(email);
    }
    expect(await tablesSaying([service], email)).not.toEqual([]);
  });

  it('erases, says so when it is asked again, and lists who was erased', async () => {
    const { userId, email } = await newcomer();
    const first = await run(['--user', userId, '--yes']);
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining(`${userId} is erased: 1 keys`) });
    expect(await tablesSaying([service], email)).toEqual([]);
    const second = await run(['--user', userId, '--yes']);
    expect(second).toMatchObject({ code: 0, output: expect.stringContaining('was erased already') });
    expect((await run(['--list'])).output).toContain(userId);
  });

  it('says what is left of an account from before there were keys, and takes it out when told to', async () => {
    const { userId, email } = await newcomer();
    await asSuperuser(
      [service],
      `UPDATE events SET data = data || $2::jsonb WHERE stream_id = $1 AND version = 1`,
      [`account-${userId}`, JSON.stringify({ name: 'Ada of old', email, passwordHash: 'of old' })],
    );
    const kept = await run(['--user', userId, '--yes']);
    expect(kept).toMatchObject({ code: 3, output: expect.stringContaining('1 events of before') });
    expect(await tablesSaying([service], email)).toEqual(['users.events']);
    const rewritten = await run(['--user', userId, '--yes', '--rewrite-plain']);
    expect(rewritten.code).toBe(0);
    expect(await tablesSaying([service], email)).toEqual([]);
    const stream = `account-${userId}` as const;
    const [slice] = await users.services.store.read(await tenantOf(userId), [stream]);
    expect(slice?.events[0]?.data).toMatchObject({ userId, name: 'Erased user', role: 'OWNER' });
  });

  it('refuses what it does not understand, and whom it does not know', async () => {
    expect(await run([])).toMatchObject({ code: 2 });
    expect(await run(['--user', 'ada'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('ID_MALFORMED'),
    });
    const stranger = `${(await newcomer()).userId.slice(0, -4)}0000`;
    expect(await run(['--user', stranger, '--yes'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('USER_NOT_FOUND'),
    });
  });
});

const tenantOf = async (userId: string): Promise<TenantId> => {
  const [row] = await asSuperuser<{ tenant_id: TenantId }>(
    [service],
    'SELECT tenant_id FROM accounts WHERE user_id = $1',
    [userId],
  );
  if (!row) throw new Error(`There is no account of ${userId}.`);
  return row.tenant_id;
};
