import { spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '@saas/local-stack';

const root = fileURLToPath(new URL('../../', import.meta.url));
const DEADLINE = { timeoutMs: 90_000, intervalMs: 50 };

export type Account = { readonly uid: number; readonly gid: number };

type Options = {
  readonly dataDir: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Undefined: our own. */
  readonly account?: Account | undefined;
};

export type Started = Awaited<ReturnType<typeof npmStart>>;

/** An empty directory for one system, and how to be rid of it. */
export const freshDataDir = async (account?: Account) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'supergraph-start-'));
  if (account) await chown(dataDir, account.uid, account.gid);
  return {
    dataDir,
    remove: async () => {
      const movedTo = (await readFile(join(dataDir, 'postgres', 'moved-to'), 'utf8').catch(() => '')).trim();
      if (movedTo !== '') await rm(movedTo, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

/**
 * Types `npm start` as a person would, in a process group of its own as a terminal does, on free ports. What was built
 * is not built again.
 */
export const npmStart = async ({ dataDir, settings = {}, account }: Options) => {
  const child = spawn('npm', ['start', '--ignore-scripts'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...baseEnvironment(), HOME: dataDir, DATA_DIR: dataDir, ...freePorts, ...settings },
    ...account,
  });
  let output = '';
  const collect = (chunk: Buffer) => void (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number>((settle) => {
    child.once('close', (code, signal) => settle(code ?? (signal === null ? 1 : 130)));
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const says = (text: string | RegExp) =>
    waitUntil(
      `"${String(text)}" in ${output}`,
      () => {
        const found = new RegExp(text).exec(output);
        if (!found && hasEnded()) throw new Error(`It ended before it said "${String(text)}":\n${output}`);
        return found ?? false;
      },
      DEADLINE,
    );
  return {
    child,
    output: () => output,
    /** The exit code of npm, 130 for a signal. */
    ended,
    says,
    /** Resolves with the address once the system is ready. */
    ready: async () => (await says(/GraphQL\s+(http:\S+)/))[1] ?? '',
    /** As Ctrl-C does: to every process in the foreground. */
    interrupt: () => process.kill(-groupOf(child), 'SIGINT'),
    /** The node process under npm. */
    nodePid: async () => {
      const pids = await waitUntil(
        'the node process',
        async () => {
          const found = (await processes()).filter(({ args }) => args.includes('scripts/dist/start.js'));
          const ours = found.filter(({ environment }) => environment.includes(`DATA_DIR=${dataDir}`));
          const program = ours.find(({ args }) => /^\S*node\s/.test(args));
          return program?.pid;
        },
        DEADLINE,
      );
      return pids;
    },
  };
};

/** The processes that work for the system in `dataDir`: npm, its shells, node, the supervisors and every server. */
export const processesOf = async (dataDir: string): Promise<readonly string[]> => {
  const movedTo = (await readFile(join(dataDir, 'postgres', 'moved-to'), 'utf8').catch(() => '')).trim();
  const homes = [resolve(dataDir), ...(movedTo === '' ? [] : [movedTo])];
  return (await processes())
    .filter(({ args, cwd, environment }) =>
      homes.some(
        (home) => args.includes(home) || cwd.startsWith(home) || environment.includes(`DATA_DIR=${home}`),
      ),
    )
    .map(({ pid, args }) => `${pid} ${args}`);
};

/** Resolves when nothing of the system is left, not even a server that is stopping. */
export const nothingLeftOf = (dataDir: string) =>
  waitUntil('every process to be gone', async () => (await processesOf(dataDir)).length === 0, DEADLINE);

const groupOf = ({ pid }: ChildProcess): number => {
  if (pid === undefined) throw new Error('npm was not started.');
  return pid;
};

const freePorts = {
  GATEWAY_HTTP_PORT: '0',
  USERS_HTTP_PORT: '0',
  PROJECTS_HTTP_PORT: '0',
  NOTIFICATIONS_HTTP_PORT: '0',
  LOCAL_DEMO_DATA: 'false',
  LOCAL_SHARDS: '1',
  LOCAL_REPLICAS: '1',
};

/** Nothing that Jest or npm has put into our own environment. */
const baseEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      ['PATH', 'TMPDIR', 'LANG', 'npm_config_cache'].includes(name),
    ),
  );

type ProcessFacts = {
  readonly pid: number;
  readonly args: string;
  readonly cwd: string;
  readonly environment: string;
};

/** Every process that has not ended, as /proc knows it. */
const processes = async (): Promise<readonly ProcessFacts[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [args, environment, cwd] = await Promise.all([read('cmdline'), read('environ'), cwdOf(pid)]);
      return { pid: Number(pid), args: args.replaceAll('\0', ' '), environment, cwd };
    }),
  );
  return found.filter(({ args }) => args !== '');
};

const cwdOf = (pid: string): Promise<string> => readlink(`/proc/${pid}/cwd`).catch(() => '');
