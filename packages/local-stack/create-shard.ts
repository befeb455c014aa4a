import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Account } from './account.ts';
import { runAs } from './account.ts';
import { withSession } from './admin-session.ts';
import { copyTree } from './copy-tree.ts';
import { localStackErrors } from './local-stack.errors.ts';
import type { NodeSurroundings } from './postgres-node.ts';
import { initdbArgs } from './postgres-settings.ts';
import { renewSlot } from './replication.ts';
import { superviseProcess } from './supervised-process.ts';

/**
 * Creates the directory of a new shard with a primary and its replicas, all alike but for their role. It appears under
 * its name only when it is complete: what an interrupted attempt left behind is deleted by the next one.
 *
 * @throws {AppError} `POSTGRES_SETUP_FAILED` with what initdb said.
 */
export const createShard = async (
  shard: string,
  replicas: number,
  surroundings: NodeSurroundings,
): Promise<void> => {
  const { account } = surroundings;
  await forgetAttempts(shard);
  const building = await mkdtemp(`${shard}.building-`);
  await chmod(building, 0o711);
  const primary = join(building, 'primary');
  await mkdir(primary, { mode: 0o700 });
  await give(primary, account);
  const setUp = (args: readonly string[]) => initdb(args, basename(shard), surroundings);
  await givePassword(join(building, 'password'), surroundings);
  await setUp(initdbArgs(primary, join(building, 'password')));
  await rm(join(building, 'password'));
  // A primary that was never started can be copied as it is: no backup label is needed.
  const copies = Array.from({ length: replicas }, (_, index) => join(building, `replica-${index}`));
  await Promise.all(
    copies.map(async (copy) => {
      await mkdir(copy, { mode: 0o700 });
      await give(copy, account);
      await copyStopped(primary, copy, account);
      await markStandby(copy, account);
    }),
  );
  if (surroundings.durability === 'full') {
    await Promise.all([primary, ...copies].map((directory) => setUp(['--sync-only', '-D', directory])));
  }
  await rename(building, shard);
};

/**
 * Copies a running primary into the directory of a replica, in place of whatever is there, with a new slot. The primary
 * goes on working meanwhile.
 */
export const cloneReplica = async (
  source: { readonly url: string; readonly directory: string },
  slot: string,
  replica: string,
  account: Account | undefined,
): Promise<void> => {
  const building = `${replica}.building`;
  await rm(building, { recursive: true, force: true });
  await withSession(source.url, async (session) => {
    await renewSlot(session, slot);
    await session.query('SELECT pg_backup_start($1, true)', [slot]);
    await copyTree(source.directory, building, { account, skip: isMomentary });
    const { rows } = await session.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(false)',
    );
    const label = join(building, 'backup_label');
    await writeFile(label, rows[0]?.labelfile ?? '', { mode: 0o600 });
    await give(label, account);
  });
  await markStandby(building, account);
  await rm(replica, { recursive: true, force: true });
  await rename(building, replica);
};

/** @see PostgreSQL documentation, section 25.3.4.1: what a base backup should leave out. */
const isMomentary = (path: string): boolean =>
  /^(postmaster\.(pid|opts)|(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/.*|(.*\/)?pgsql_tmp[^/]*)$/.test(
    path,
  );

/** The servant of an earlier attempt may be dying just now and still be writing: that is what the retries are for. */
const forgetAttempts = async (shard: string): Promise<void> => {
  const beginning = `${basename(shard)}.building-`;
  const left = (await readdir(dirname(shard))).filter((name) => name.startsWith(beginning));
  const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 };
  await Promise.all(left.map((name) => rm(join(dirname(shard), name), options)));
};

/** Costs a third of the processor time of `copyTree`, which is needed only where files come and go. */
const copyStopped = async (source: string, target: string, account: Account | undefined): Promise<void> => {
  const { code, output } = await runAs(account, 'cp', ['-a', `${source}/.`, `${target}/`]);
  if (code !== 0) throw localStackErrors.POSTGRES_SETUP_FAILED({ code, log: output.slice(-2_000) });
};

const givePassword = async (path: string, { password, account }: NodeSurroundings): Promise<void> => {
  await writeFile(path, `${password}\n`, { mode: 0o600 });
  await give(path, account);
};

/** Supervised like a server, so that it does not outlive us either. */
const initdb = async (
  args: readonly string[],
  name: string,
  surroundings: NodeSurroundings,
): Promise<void> => {
  const { binaries, account, logDirectory } = surroundings;
  const logFile = join(logDirectory, `${name}-initdb.log`);
  const command = join(binaries, 'bin', 'initdb');
  const signals = { stopSignal: 'TERM', forceSignal: 'KILL' } as const;
  const running = await superviseProcess({ command, args, directory: '/', logFile, account, ...signals });
  const code = await running.exited;
  if (code === 0) return;
  const log = (await readFile(logFile, 'utf8')).slice(-2_000);
  throw localStackErrors.POSTGRES_SETUP_FAILED({ code, log });
};

const markStandby = async (directory: string, account: Account | undefined): Promise<void> => {
  const signal = join(directory, 'standby.signal');
  await writeFile(signal, '', { mode: 0o600 });
  await give(signal, account);
};

const give = async (path: string, account: Account | undefined): Promise<void> => {
  if (account !== undefined) await chown(path, account.uid, account.gid);
};
