import { hostname, userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { ReplaySubject } from '@saas/postgres';
import { withDeadLetterDesks, type DeadLetterDesk } from './dead-letter-desks.ts';
import {
  dropAnywhere,
  findLetters,
  followReplay,
  listHeads,
  planReplay,
  readAudit,
  startReplay,
} from './dlq-commands.ts';
import { auditLines, letterLines, listLines, outcomeOf } from './dlq-text.ts';
import { print, runCommand, UsageError } from './operator-command.ts';
import { readDotenv } from './read-dotenv.ts';

const usage = `Usage: npm run dlq -- <command> [--json]

  list                       what is parked: per stream the first message, why, and how many wait behind it
  show ID [--body]           one message; its body only when asked for
  replay ID [--consumer C]   hands the message over again, then those behind it, in order
  replay --stream S | --all  the same of one stream, or of everything that is dead
         [--dry-run]         only says what would be replayed
         [--rate N]          no more than N messages a second (0.1 to 1000; default 20)
  drop ID --reason TEXT --yes [--consumer C] [--skip-missing]
                             gives a message up for good; those behind it follow
  audit [--limit N]          who replayed and dropped what, and what became of it

Replays are carried out by the running services. Works on the databases of MIGRATION_<SERVICE>_SHARDS (the owner's URLs),
or on the local system in DATA_DIR.`;

const options = {
  json: { type: 'boolean', default: false },
  body: { type: 'boolean', default: false },
  consumer: { type: 'string' },
  stream: { type: 'string' },
  all: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  rate: { type: 'string', default: '20' },
  reason: { type: 'string' },
  yes: { type: 'boolean', default: false },
  'skip-missing': { type: 'boolean', default: false },
  limit: { type: 'string', default: '50' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
type Desks = readonly DeadLetterDesk[];

const main = async (): Promise<void> => {
  const { positionals, values } = parse();
  const [command = '', id, ...more] = positionals;
  const work = workFor(command, id, values);
  const takesId = ['show', 'replay', 'drop'].includes(command);
  if (more.length > 0 || (id !== undefined && !takesId)) throw new UsageError(usage);
  await readDotenv();
  await withDeadLetterDesks(process.env, async (desks, where) => {
    if (!values.json) console.log(`On ${where}.\n`);
    await work(desks);
  });
};

const parse = () => {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : ''}\n\n${usage}`);
  }
};

/** Everything is read and checked before a database is opened. */
const workFor = (
  command: string,
  id: string | undefined,
  values: Values,
): ((desks: Desks) => Promise<void>) => {
  switch (command) {
    case 'list':
      return (desks) => list(desks, values);
    case 'show':
      if (id === undefined) throw new UsageError('show: which message? Give its ID.');
      return (desks) => show(desks, id, values);
    case 'replay': {
      const subject = subjectOf(id, values);
      const perSecond = numberWithin('--rate', values.rate, 0.1, 1_000);
      return (desks) => replay(desks, subject, perSecond, values);
    }
    case 'drop': {
      const { reason = '' } = values;
      if (id === undefined) throw new UsageError('drop: which message? Give its ID.');
      if (reason.trim() === '' || !values.yes)
        throw new UsageError('drop: gives the message up for good. Say why by --reason, and --yes.');
      return (desks) => drop(desks, id, reason.slice(0, 500), values);
    }
    case 'audit': {
      const limit = Math.floor(numberWithin('--limit', values.limit, 1, 10_000));
      return (desks) => audit(desks, limit, values);
    }
    default:
      throw new UsageError(usage);
  }
};

const list = async (desks: Desks, { json }: Values): Promise<void> => {
  const heads = await listHeads(desks);
  print(json, heads, () => listLines(heads));
};

const show = async (desks: Desks, id: string, { json, body }: Values): Promise<void> => {
  const letters = await findLetters(desks, id);
  const shown = letters.map(({ body: content, ...rest }) => ({ ...rest, ...(body && { body: content }) }));
  print(json, shown, () => letters.flatMap((letter) => [...letterLines(letter, body), '']));
};

const replay = async (desks: Desks, subject: ReplaySubject, perSecond: number, values: Values) => {
  const { json } = values;
  const plans = await planReplay(desks, subject);
  const messages = plans.reduce((sum, plan) => sum + plan.messages, 0);
  const streams = plans.reduce((sum, plan) => sum + plan.streams, 0);
  const what = `${counted(messages, 'message')} of ${counted(streams, 'stream')}`;
  if (messages === 0 || values['dry-run']) {
    const first = plans.flatMap(({ ids }) => ids);
    print(json, { messages, streams, first }, () =>
      messages === 0 ? ['There is nothing to replay.'] : [`This would replay ${what}, from`, ...first],
    );
    return;
  }
  const asked = await startReplay(plans, subject, { actor: actor(), perSecond });
  if (!json) console.log(`Asked for ${what}, at most ${perSecond} a second.`);
  const outcome = await followReplay(asked, (actions) => {
    if (!json && process.stdout.isTTY)
      process.stdout.write(`\r\u001b[2K${actions.map(outcomeOf).join('; ')}`);
  });
  const isOver = outcome.every(({ finishedAt }) => finishedAt !== null);
  const isGood = isOver && outcome.every(({ messages: all, handled }) => handled === all);
  if (process.stdout.isTTY && !json) console.log();
  print(json, outcome, () => [
    ...outcome.map((action) => `${action.service}, shard ${action.shard}: ${outcomeOf(action)}`),
    ...(isOver ? [] : ['It goes on by itself while the service runs; see `npm run dlq -- audit`.']),
  ]);
  if (!isGood) process.exitCode = 1;
};

const drop = async (desks: Desks, id: string, reason: string, values: Values): Promise<void> => {
  const skipsMissing = values['skip-missing'];
  const dropped = await dropAnywhere(desks, {
    id,
    reason,
    skipsMissing,
    actor: actor(),
    consumer: values.consumer,
  });
  print(values.json, { id, ...dropped }, () => [`Dropped ${id} of ${dropped.consumer}.`]);
};

const audit = async (desks: Desks, limit: number, { json }: Values): Promise<void> => {
  const actions = await readAudit(desks, limit);
  print(json, actions, () => auditLines(actions));
};

const subjectOf = (id: string | undefined, { stream, all, consumer }: Values): ReplaySubject => {
  const given = [id !== undefined, stream !== undefined, all].filter(Boolean).length;
  if (given !== 1) throw new UsageError('replay: give an ID, or --stream S, or --all.');
  if (id !== undefined) return { kind: 'message', id, consumer };
  return stream === undefined ? { kind: 'all' } : { kind: 'stream', stream };
};

const numberWithin = (name: string, text: string | undefined, least: number, most: number): number => {
  const value = Number(text);
  if (text === undefined || text.trim() === '' || !(value >= least && value <= most))
    throw new UsageError(`${name}: a number from ${least} to ${most}, please.`);
  return value;
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const actor = (): string => `${userInfo().username}@${hostname()}`;

await runCommand(main);
