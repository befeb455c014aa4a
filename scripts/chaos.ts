import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readChaosPermission } from '@saas/config';
import { AppError } from '@saas/kernel';
import { faultForms, parseFault, type Fault } from '@saas/local-stack';
import { watchParent } from '@saas/resilience';
import { CHAOS_SOCKET } from './chaos-control.ts';
import { runChaos, type ChaosPlan, type ChaosProgress } from './chaos-run.ts';
import { durationMs, outcomeLines, planLines, progressLine } from './chaos-text.ts';
import { chaosCommandErrors } from './chaos.errors.ts';
import { readLocalConfig } from './local.config.ts';
import { runCommand, UsageError } from './operator-command.ts';
import { readDotenv } from './read-dotenv.ts';

const usage = `Usage: npm run chaos -- --subgraph NAME --fault FAULT [--for TIME]

  --subgraph NAME  whose calls: users, projects, notifications, or what else the supergraph has
  --fault FAULT    ${faultForms.join(' | ')}
  --for TIME       30s (as when left out), 1500ms, 5m; at most a day

Sends the calls that the running gateway makes to one subgraph through a proxy that does this to them, on this machine
alone and for no longer than this command runs: also Ctrl-C and kill -9 restore everything. The gateway is found by
DATA_DIR, or by GATEWAY_CHAOS_SOCKET. Refused in production (NODE_ENV) without CHAOS_ALLOWED=true.
Ends with 0 when everything is as before, 1 when it could not begin or the gateway left, 2 when asked wrongly.`;

const options = {
  subgraph: { type: 'string' },
  fault: { type: 'string' },
  for: { type: 'string', default: '30s' },
  help: { type: 'boolean', default: false },
} as const;

/** Where nobody watches, a line now and then is enough. */
const QUIET_TICKS = 5;

const main = async (): Promise<void> => {
  const values = parse();
  if (values.help) {
    console.log(usage);
    return;
  }
  await readDotenv();
  const plan = planOf(values);
  if (!readChaosPermission(process.env))
    throw (await import('@saas/gateway')).chaosErrors.CHAOS_NOT_ALLOWED();
  const stop = new AbortController();
  // Also of npm, which somebody may kill in a way that it cannot pass on.
  watchParent(() => stop.abort());
  process.on('SIGINT', () => stop.abort()).on('SIGTERM', () => stop.abort());
  const outcome = await runChaos(plan, stop.signal, shower(plan));
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[2K');
  console.log(['', ...outcomeLines(plan, outcome)].join('\n'));
  if (outcome.end === 'gateway left') throw chaosCommandErrors.CHAOS_GATEWAY_LEFT();
};

const parse = () => {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : ''}\n\n${usage}`);
  }
};

const planOf = (values: ReturnType<typeof parse>): ChaosPlan => {
  const { subgraph, fault } = values;
  if (subgraph === undefined || fault === undefined) throw new UsageError(usage);
  const forMs = durationMs(values.for);
  if (forMs === undefined)
    throw new UsageError(`--for ${values.for}: needs a time such as 30s, 1500ms or 5m.`);
  const path =
    process.env['GATEWAY_CHAOS_SOCKET'] ?? join(readLocalConfig(process.env).DATA_DIR, CHAOS_SOCKET);
  return { subgraph, fault: faultOf(fault), forMs, path };
};

const faultOf = (text: string): Fault => {
  try {
    return parseFault(text);
  } catch (error) {
    throw error instanceof AppError ? new UsageError(`--fault: ${error.message}`) : error;
  }
};

const shower = (plan: ChaosPlan) => {
  let ticks = 0;
  return (progress: ChaosProgress, url: string): void => {
    if (ticks === 0) console.log(`${planLines(plan, url).join('\n')}\n`);
    const line = progressLine(progress, plan.forMs);
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[2K${line}`);
    else if (ticks % QUIET_TICKS === 0) console.log(line);
    ticks += 1;
  };
};

await runCommand(main);
