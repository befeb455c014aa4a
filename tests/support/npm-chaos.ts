import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '@saas/local-stack';

const root = fileURLToPath(new URL('../../', import.meta.url));
const DEADLINE = { timeoutMs: 60_000, intervalMs: 20 };

export type ChaosCommand = ReturnType<typeof npmChaos>;

/** Types `npm run chaos -- …` as a person would, in a process group of its own. What was built is not built again. */
export const npmChaos = (args: readonly string[], environment: Readonly<Record<string, string>>) => {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('npm', ['run', '--silent', '--ignore-scripts', 'chaos', '--', ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, ...environment },
  });
  let output = '';
  const collect = (chunk: Buffer) => void (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });
  return {
    output: () => output,
    /** The exit code; 130 for a signal. */
    ended,
    /** Resolves once calls go through its proxy. */
    begun: async () =>
      waitUntil(
        `a fault in ${output}`,
        () => {
          if (child.exitCode !== null) throw new Error(`It ended before it began:\n${output}`);
          return output.includes(' left ');
        },
        DEADLINE,
      ),
    /** To every process in the foreground, as a terminal does. */
    signal: (signal: NodeJS.Signals) => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
    },
  };
};
