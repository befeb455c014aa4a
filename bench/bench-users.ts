import { generateSigningKey, memoryRevokedSessions, type AuthenticatedViewer } from '@saas/auth';
import { bucketOfId, newId, systemClock, type UserId } from '@saas/kernel';
import { memoryMessageBus } from '@saas/messaging';
import { createLogger } from '@saas/telemetry';
import {
  parseEmail,
  parsePassword,
  parsePersonName,
  parseTenantName,
  plainPasswords,
  readUsersConfig,
  startUsers,
  type Registration,
  type RunningUsers,
} from '@saas/users';
import type { BenchShards } from './bench-databases.ts';
import { shardUrlsText } from './bench-projects.ts';
import { subgraphClient, type Ask } from './subgraph-client.ts';

const IDENTITY_KEY = 'users identity key';
const AT_ONCE = 8;

export type BenchUsers = {
  readonly ask: Ask;
  /** A new tenant with that many people, and its owner as the viewer. */
  readonly tenantOf: (
    people: number,
  ) => Promise<{ readonly viewer: AuthenticatedViewer; readonly userIds: readonly UserId[] }>;
  readonly stop: () => Promise<void>;
};

/** The whole users service in this process, on any free port, with password hashes that cost nothing. */
export const startBenchUsers = async (shards: BenchShards): Promise<BenchUsers> => {
  const config = readUsersConfig({
    USERS_HTTP_PORT: '0',
    USERS_SHARD_URLS: shardUrlsText(shards),
    USERS_IDENTITY_KEY: IDENTITY_KEY,
    USERS_CLAIM_SECRET: 'users claim secret',
    USERS_PERSONAL_DATA_KEY: 'users personal data key',
    USERS_CONTACTS_KEY: 'contacts key of the benchmark',
    USERS_TOKEN_PRIVATE_KEY: generateSigningKey().privateKeyPem,
    USERS_LOG_LEVEL: 'silent',
  });
  const running = await startUsers(config, {
    bus: memoryMessageBus(),
    logger: createLogger({ name: 'users', level: 'silent' }),
    revokedSessions: memoryRevokedSessions(),
    passwords: plainPasswords(),
  });
  const client = subgraphClient(running.url, { key: IDENTITY_KEY, audience: 'users' });
  return {
    ask: client.ask,
    tenantOf: (people) => register(running.services, people),
    stop: async () => {
      client.close();
      await running.stop();
    },
  };
};

const register = async ({ register: enter, invitations }: RunningUsers['services'], people: number) => {
  const owner = await enter(newcomer(0, { type: 'found', tenantName: parseTenantName('Northwind') }));
  const { tenantId } = owner.tenant;
  const { userId } = owner.account;
  const sessionId = newId('ses', bucketOfId(tenantId), systemClock);
  const viewer: AuthenticatedViewer = { status: 'authenticated', tenantId, userId, role: 'OWNER', sessionId };
  const userIds: UserId[] = [userId];
  const waiting = Array.from({ length: people - 1 }, (_, place) => place + 1);
  const join = async (): Promise<void> => {
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      const asked = { viewer, requestId: 'bench' };
      const guest = { email: parseEmail(addressOf(place)), role: 'MEMBER' } as const;
      const { invitationId } = (await invitations.issue(asked, guest)).invitation;
      const { account } = await enter(newcomer(place, { type: 'join', tenantId, invitationId }));
      userIds.push(account.userId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, join));
  return { viewer, userIds };
};

const newcomer = (place: number, where: Registration['place']): Registration => ({
  name: parsePersonName('Ada Lovelace'),
  email: parseEmail(addressOf(place)),
  password: parsePassword('correct horse'),
  place: where,
  requestId: 'bench',
});

const addressOf = (place: number): string => `person-${place}@northwind.example`;
