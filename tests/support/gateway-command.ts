import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

type Options = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Through npm, in a process group of its own as a terminal makes it; else node alone. */
  readonly throughNpm?: boolean;
};

export type GatewayCommand = ReturnType<typeof gatewayCommand>;

/** Types `npm run gateway -- …` as a person would. */
export const gatewayCommand = (
  args: readonly string[],
  { environment = {}, throughNpm = false }: Options = {},
) => {
  const program = throughNpm ? 'npm' : process.execPath;
  const before = throughNpm
    ? ['run', '--silent', 'gateway', '--']
    : ['--max-semi-space-size=64', 'scripts/gateway.mjs'];
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, [...before, ...args], {
    cwd: root,
    detached: throughNpm,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, ...environment },
  });
  const said = { output: '', errors: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.errors += chunk.toString()));
  /** The exit code; 130 for a signal. */
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => resolve(code ?? 130));
  });
  return {
    said,
    ended,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** @returns the address of the GraphQL endpoint. */
    ready: async (): Promise<string> => {
      const address = () => /GraphQL +(http\S+)/.exec(said.output)?.[1];
      await until(() => address() !== undefined || child.exitCode !== null);
      const url = address();
      if (url === undefined) throw new Error(`It ended before it was ready:\n${said.errors}`);
      return url;
    },
  };
};
