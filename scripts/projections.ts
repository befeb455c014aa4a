import { parseArgs } from 'node:util';
import { ConfigError } from '@saas/config';
import type { ReadModelDesk } from '@saas/postgres';
import { readDotenv } from './read-dotenv.ts';
import { runCommand } from './operator-command.ts';
import { withOperatorDatabases } from './operator-databases.ts';
import { progress } from './progress.ts';
import { comparisonLines, progressText, statusLines } from './projections-text.ts';
import { withReadModelDesks } from './read-model-desks.ts';

const usage = `Usage: npm run projections -- <command>

  list [--json]                         every read model: what runs, what was built beside it, what ran before
  rebuild NAME… | --all  [--fresh]      builds it again from all events beside the running one, and compares the two;
                                        goes on where it was broken off, unless --fresh
  switch NAME [--accept-differences]    lets the candidate be read from now on
  rollback NAME                         lets what was read before be read again, brought up to date

  refresh NAME… | --all                 brings what was built beside it, and what ran before, up to date; after a person
                                        was erased, nothing of that person is left there then

  --shard NAME                          only there (may be given more than once)

Works on the databases of <SERVICE>_SHARD_URLS and MIGRATION_<SERVICE>_SHARDS (the owner's URLs), or on the local system
in DATA_DIR, running or stopped.`;

type Values = {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly fresh?: boolean;
  readonly 'accept-differences'?: boolean;
  readonly shard?: readonly string[];
};

const main = async (): Promise<void> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      all: { type: 'boolean' },
      fresh: { type: 'boolean' },
      'accept-differences': { type: 'boolean' },
      shard: { type: 'string', multiple: true },
    },
  });
  const [command = '', ...names] = positionals;
  const isRight =
    command === 'list'
      ? names.length === 0
      : ['rebuild', 'refresh'].includes(command)
        ? names.length > 0 !== (values.all === true)
        : ['switch', 'rollback'].includes(command) && names.length === 1;
  if (!isRight) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  await readDotenv();
  await withOperatorDatabases(process.env, (databases) =>
    withReadModelDesks(databases, async (desks) => {
      if (values.json !== true) console.log(`On ${databases.where}.`);
      await carryOut(command, names, values, desks);
    }),
  );
};

const carryOut = async (
  command: string,
  names: readonly string[],
  values: Values,
  desks: readonly ReadModelDesk[],
): Promise<void> => {
  const where = values.shard ? { shards: values.shard } : {};
  if (command === 'list') return list(desks, values.json === true);
  if (command === 'rebuild' || command === 'refresh') {
    const wanted = values.all === true ? desks.flatMap((desk) => desk.names) : names;
    for (const name of wanted) deskOf(desks, name);
    for (const name of wanted) {
      const desk = deskOf(desks, name);
      await (command === 'rebuild' ? build(desk, name, values) : desk.refresh(name, where));
    }
    return;
  }
  const [name = ''] = names;
  const desk = deskOf(desks, name);
  const switched =
    command === 'switch'
      ? await desk.switch(name, { ...where, acceptsDifferences: values['accept-differences'] === true })
      : await desk.rollBack(name, where);
  for (const { shard, version } of switched)
    console.log(`  ${shard}: version ${version} of ${name} runs now`);
};

const list = async (desks: readonly ReadModelDesk[], isJson: boolean): Promise<void> => {
  const found = [];
  for (const desk of desks) found.push({ service: desk.service, readModels: await desk.status() });
  if (isJson) console.log(JSON.stringify(found, undefined, 2));
  else for (const { service, readModels } of found) console.log(statusLines(service, readModels).join('\n'));
};

const build = async (desk: ReadModelDesk, name: string, values: Values): Promise<void> => {
  const show = progress();
  show.line(`${name} (${desk.service})`);
  const shards = values.shard ?? desk.shards;
  for (const shard of shards) {
    const startedAt = performance.now();
    const lines: string[] = [];
    await show.step(shard, (report) =>
      desk.rebuild(name, {
        shards: [shard],
        isFresh: values.fresh === true,
        onProgress: (_, each) => report(progressText(each, performance.now() - startedAt)),
        onBuilt: (_, candidate) => lines.push(`${candidate.events} events`, ...comparisonLines(candidate)),
      }),
    );
    for (const line of lines) show.line(`    ${line}`);
  }
};

const deskOf = (desks: readonly ReadModelDesk[], name: string): ReadModelDesk => {
  const found = desks.find((desk) => desk.names.includes(name));
  const known = desks.flatMap(({ names }) => names).join(', ');
  if (!found) throw new ConfigError([`there is no read model "${name}", but ${known}`]);
  return found;
};

await runCommand(main);
