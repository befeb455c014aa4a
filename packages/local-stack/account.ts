import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where programs are looked for, without reading anyone's settings. */
export const systemPath =
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/sbin:/opt/homebrew/bin';

/** An account of this machine that is not ours. */
export type Account = { readonly uid: number; readonly gid: number };

/**
 * The account PostgreSQL runs as: `postgres` or else `nobody` when we are root, since PostgreSQL refuses to run as root.
 * Undefined when we are an ordinary account, or on a platform without such ids: then it runs as ourselves.
 */
export const postgresAccount = (): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  return accountNamed(readPasswd(), ['postgres', 'nobody']) ?? { uid: 65_534, gid: 65_534 };
};

/** The first of these accounts which a passwd file knows and which is not root under another name. */
export const accountNamed = (passwd: string, names: readonly string[]): Account | undefined => {
  const lines = passwd.split('\n').map((line) => line.split(':'));
  for (const name of names) {
    const line = lines.find((fields) => fields[0] === name);
    const uid = Number(line?.[2]);
    const gid = Number(line?.[3]);
    if (line !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  return undefined;
};

/** Runs a shell script as the account and says whether it ended well. `$1`, `$2`, … are the arguments. Output is dropped. */
export const succeedsAs = async (
  account: Account | undefined,
  script: string,
  args: readonly string[],
): Promise<boolean> =>
  (await runAs(account, '/bin/sh', ['-c', script, 'probe', ...args]).catch(() => ({ code: 1 }))).code === 0;

/** Whether the account may enter this directory. Asked of the kernel, so that access lists and mounts count too. */
export const canEnter = (account: Account | undefined, directory: string): Promise<boolean> =>
  succeedsAs(account, 'cd -- "$1"', [directory]);

/**
 * Runs a program to its end as the account.
 *
 * @returns its exit code, and its output and complaints in one text.
 * @throws {Error} the system's own, when it cannot be started at all.
 */
export const runAs = (
  account: Account | undefined,
  command: string,
  args: readonly string[],
): Promise<{ code: number; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH: systemPath, LC_ALL: 'C', TZ: 'UTC' },
      ...account,
    });
    let output = '';
    const collect = (chunk: Buffer) => void (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });

const readPasswd = (): string => {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
};
