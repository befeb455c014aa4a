import { ConfigError } from '@saas/config';
import { AppError } from '@saas/kernel';
import { stopOnSignals, watchParent } from '@saas/resilience';
import { config as readDotenv } from 'dotenv';
import { demoAccount, seedDemo } from './demo.ts';
import { startLocalSystem, type LocalSystem } from './local-system.ts';
import { paint } from './paint.ts';
import { readLocalSettings } from './parts-settings.ts';
import { progress } from './progress.ts';

const STOP_MS_MAX = 60_000;

const main = async (): Promise<void> => {
  readDotenv({ quiet: true });
  const config = readLocalSettings(process.env);
  const show = progress();
  show.line('Starting the supergraph');
  const starting = startLocalSystem(config, process.env, show);
  // From the first moment on: whoever stops us while we start must not leave servers behind.
  let isStopping = false;
  stopOnSignals(
    async () => {
      isStopping = true;
      show.line('\nStopping …');
      await (await starting).stop();
    },
    process,
    { timeoutMs: STOP_MS_MAX, onProblem: report },
  );
  watchParent(() => process.kill(process.pid, 'SIGTERM'));

  const system = await starting;
  try {
    if (config.DEMO_DATA && !isStopping) await seedDemo(system, config.DATA_DIR, show);
  } catch (error) {
    // Cut off by our own stopping, it is taken up by the next start.
    if (isStopping) return;
    await system.stop();
    throw error;
  }
  if (isStopping) return;
  for (const line of greeting(system, config.DEMO_DATA, show.total())) show.line(line);
};

const greeting = ({ gateway, adapters }: LocalSystem, hasDemo: boolean, took: string): readonly string[] => {
  const origin = new URL(gateway.url).origin;
  const row = (name: string, value: string) => `  ${name.padEnd(16)}${value}`;
  return [
    '',
    paint(process.stdout, ['green', 'bold'], `Ready after ${took}`),
    row('GraphQL', paint(process.stdout, 'bold', gateway.url)),
    row('GraphiQL', `${origin}/graphiql (works offline)`),
    row(
      'Apollo Sandbox',
      `https://studio.apollographql.com/sandbox/explorer?endpoint=${encodeURIComponent(gateway.url)}`,
    ),
    row('Health', `${origin}/health`),
    ...(hasDemo ? [row('Demo account', `${demoAccount.email} / ${demoAccount.password}`)] : []),
    ...Object.entries(adapters).map(([name, value]) => row(name[0]?.toUpperCase() + name.slice(1), value)),
    '',
    '  Ctrl-C stops everything. The data stays; `npm start` finds it again.',
  ];
};

const report = (error: unknown): void => {
  const isForeseen = error instanceof ConfigError || error instanceof AppError;
  const text = isForeseen ? error.message : error instanceof Error ? error.stack : String(error);
  const code = isForeseen ? ` ${paint(process.stderr, 'dim', `(${error.code})`)}` : '';
  console.error(`${paint(process.stderr, 'red', text ?? 'unknown failure')}${code}`);
};

try {
  await main();
} catch (error) {
  report(error);
  process.exit(1);
}
