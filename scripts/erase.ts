import { hostname, userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { parseId, type UserId } from '@saas/kernel';
import { createLogger } from '@saas/telemetry';
import type { PersonErasure } from '@saas/users';
import { doneLines, planLines, recordLines, type Leftovers } from './erase-text.ts';
import { ownersErasure, type OwnersErasure } from './erase-as-owner.ts';
import { print, runCommand, UsageError } from './operator-command.ts';
import { withOperatorDatabases } from './operator-databases.ts';
import { readDotenv } from './read-dotenv.ts';

const usage = `Usage: npm run erase -- --user ID [--dry-run | --yes] [--rewrite-plain] [--json]
       npm run erase -- --list [--json]

  --user ID         erases a person's data: their keys are destroyed, which nothing can undo
  --dry-run         only says what would be done; so does leaving out --yes
  --rewrite-plain   also takes names and addresses out of events of before there were keys
  --list            who was erased, when, and by whom

Works on the databases of USERS_SHARD_URLS (and, as their owner, of MIGRATION_USERS_SHARDS), or on the local system in
DATA_DIR, running or stopped. Ends with 3 when something of the person is left.`;

const options = {
  user: { type: 'string' },
  list: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  'rewrite-plain': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const main = async (): Promise<void> => {
  const values = parse();
  const { user, list, yes } = values;
  if ((user === undefined) !== list || (yes && values['dry-run'])) throw new UsageError(usage);
  const userId = user === undefined ? undefined : parseId('usr', user, '--user');
  await readDotenv();
  await withOperatorDatabases(process.env, async ({ environment, ownerUrls, where }) => {
    const { openErasure, readUsersConfig, usersEvents } = await import('@saas/users');
    const logger = createLogger({ name: 'erase', level: 'silent' });
    const erasure = await openErasure(readUsersConfig(environment), { logger });
    try {
      if (!values.json) console.log(`On ${where}.\n`);
      const urls = ownerUrls('users');
      const owner = urls && ownersErasure(urls, usersEvents);
      await (userId === undefined ? record(erasure, values) : erase(erasure, owner, userId, values));
    } finally {
      await erasure.stop();
    }
  });
};

const parse = (): Values => {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : ''}\n\n${usage}`);
  }
};

const record = async (erasure: PersonErasure, { json }: Values): Promise<void> => {
  const found = await erasure.list(1_000);
  print(json, found, () => recordLines(found));
};

const erase = async (
  erasure: PersonErasure,
  owner: OwnersErasure | undefined,
  userId: UserId,
  values: Values,
): Promise<void> => {
  const { json, yes } = values;
  const plan = await erasure.plan(userId);
  // Looked for while the addresses can still be read.
  const plain = await owner?.findPlain(userId, plan.addresses);
  if (!yes) {
    const left = { plainEvents: plain?.length, rowsAside: undefined };
    // Whose addresses they are is what is about to be forgotten.
    print(json, { ...plan, ...left, addresses: plan.addresses.length }, () => planLines(plan, left));
    if (!json && plan.status !== 'done') console.log('\nNothing was changed. Add --yes to do it.');
    return;
  }
  const done = await erasure.erase(userId, `${userInfo().username}@${hostname()}`);
  const isRewritten = values['rewrite-plain'] && plain !== undefined;
  if (isRewritten) await owner?.takeOut(plain);
  const { erasedPerson } = await import('@saas/users');
  const left: Leftovers = {
    plainEvents: isRewritten ? 0 : plain?.length,
    rowsAside: await owner?.forgetAside(userId, erasedPerson),
  };
  print(json, { ...done, ...left }, () => doneLines(done, left));
  if (left.plainEvents !== 0) process.exitCode = 3;
};

await runCommand(main);
