import { existsSync } from 'node:fs';
import { ConfigError, readChaosPermission } from '@saas/config';
import { AppError } from '@saas/kernel';
import { gracefulStop, stopOnSignals, watchParent, type StopSignal } from '@saas/resilience';
import { createLogger } from '@saas/telemetry';
import { GatewayYamlError } from '../gateway-yaml.ts';
import { readGatewayConfig, type GatewayConfig } from '../gateway.config.ts';
import { supergraphChoiceOf } from '../supergraph/supergraph.config.ts';
import { SupergraphError } from '../supergraph/supergraph.errors.ts';
import { startGateway, type Gateway } from '../wiring.ts';
import { commandLine, inOwnWords, usage } from './command-line.ts';
import { greeting } from './greeting.ts';

const STOP_MARGIN_MS = 5_000;
const EXIT_FAILED = 1;
const EXIT_MISUSED = 2;

/**
 * `npm run gateway`: the gateway in front of any supergraph, without databases, tokens or Redis. Nobody is recognised unless
 * `GATEWAY_JWKS_URL` says by which keys.
 */
const main = async (args: readonly string[]): Promise<void> => {
  const config = readSettings(args);
  if (config === undefined) {
    console.log(usage);
    return;
  }
  const logger = createLogger({ name: 'gateway', level: config.LOG_LEVEL });
  const closing = gracefulStop();
  const starting = startGateway(config, {
    logger,
    environment: process.env,
    isChaosAllowed: readChaosPermission(process.env),
  });
  closing.add('gateway', async () => (await starting).stop(), {
    timeoutMs: config.STOP_TIMEOUT_MS + STOP_MARGIN_MS,
  });
  // From the first moment on: whoever stops us while we start gets a clean end as well.
  const stop = async (signal: StopSignal): Promise<void> => {
    // Whoever presses Ctrl-C is nobody's load balancer.
    if (signal === 'SIGTERM')
      await starting.then(
        (gateway) => gateway.withdraw(config.DRAIN_MS),
        () => undefined,
      );
    await closing.stop();
  };
  stopOnSignals(stop, process, {
    timeoutMs: config.DRAIN_MS + config.STOP_TIMEOUT_MS + 2 * STOP_MARGIN_MS,
    onProblem: report,
  });
  // Only of npm, which somebody may kill in a way that it cannot pass on; another parent may well leave us alone.
  if (process.env['npm_lifecycle_event'] !== undefined)
    watchParent(() => process.kill(process.pid, 'SIGINT'));
  const gateway = await starting;
  for (const line of greeting(aboutOf(config, gateway), process.stdout)) console.log(line);
};

/** @returns undefined when help was asked for. */
const readSettings = (args: readonly string[]): GatewayConfig | undefined => {
  try {
    const line = commandLine(args, process.env, process.env['INIT_CWD'] ?? process.cwd());
    if (line.kind === 'help') return undefined;
    return readGatewayConfig({ ...quietly(line.environment), ...line.environment });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Misuse('The command was not understood.', { cause: inOwnWords(error, args) });
  }
};

/** Its cause says which words of the caller were wrong. */
class Misuse extends Error {
  override readonly name = 'Misuse';
}

const quietly = ({ GATEWAY_JWKS_URL: keys }: Readonly<Record<string, string | undefined>>) => ({
  GATEWAY_LOG_LEVEL: 'warn',
  GATEWAY_AUTHENTICATION: keys === undefined || keys === '' ? 'none' : 'tokens',
});

const aboutOf = (config: GatewayConfig, gateway: Gateway) => {
  const { checks } = gateway.health();
  const choice = supergraphChoiceOf(config);
  const sources = {
    file: () => `${'file' in choice ? choice.file : ''} (watched)`,
    yaml: () => `${'file' in choice ? choice.file : ''} (composed here, watched)`,
    url: () => `${'url' in choice ? new URL(choice.url).origin : ''} (asked regularly)`,
    introspection: () => 'composed from the running subgraphs (asked regularly)',
  };
  const page = new URL('../../assets/graphiql.html.br', import.meta.url);
  const down = Object.entries(checks).filter(([, { status }]) => status === 'down');
  return {
    url: gateway.url,
    subgraphs: gateway.subgraphs(),
    source: sources[choice.kind](),
    engine: config.ENGINE,
    hasGraphiql: config.GRAPHIQL && existsSync(page),
    unreachable: new Set(down.map(([name]) => name)),
    tookMs: performance.now(),
  };
};

const report = (error: unknown): void => {
  const isForeseen =
    error instanceof ConfigError ||
    error instanceof AppError ||
    error instanceof SupergraphError ||
    error instanceof GatewayYamlError;
  console.error(isForeseen ? `${error.code}: ${error.message}` : error);
};

await main(process.argv.slice(2)).catch((error: unknown) => {
  const isMisuse = error instanceof Misuse;
  report(isMisuse ? error.cause : error);
  if (isMisuse) console.error('See npm run gateway -- --help.');
  process.exit(isMisuse ? EXIT_MISUSED : EXIT_FAILED);
});
