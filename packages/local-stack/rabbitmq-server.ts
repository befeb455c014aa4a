import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { converse } from './converse.ts';
import { findProgram, pathWith } from './find-program.ts';
import { pickPort } from './free-port.ts';
import { localStackErrors } from './local-stack.errors.ts';
import type { PrivateServer } from './private-server.ts';
import { startPrivateServer } from './private-server.ts';
import type { SupervisedCommand } from './supervised-process.ts';

/** A RabbitMQ of ours alone. Durable queues survive `kill` and `restart`, nothing survives `stop`. */
export type RunningRabbitMq = PrivateServer & { readonly url: string; readonly port: number };

/** The path of the server's own script; undefined when this machine lacks RabbitMQ or Erlang's port mapper. */
export const findRabbitMqBinary = async (): Promise<string | undefined> => {
  const script = await findProgram(['/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server']);
  if (script === undefined || (await findProgram(mapperCandidates)) === undefined) return undefined;
  // Debian's wrapper of the same name insists on an account and on directories of the system.
  const real = await realpath(script);
  return basename(real) === 'rabbitmq-server' ? real : undefined;
};

/**
 * Starts a private RabbitMQ on free ports of 127.0.0.1, some 5 to 7 seconds, and resolves when it speaks AMQP. It ends
 * when we end, and so does its own port mapper (epmd).
 *
 * @throws {AppError} `SERVER_START_FAILED`, also when the machine has no RabbitMQ: ask `findRabbitMqBinary` first.
 */
export const startRabbitMq = async (options: { readonly port?: number } = {}): Promise<RunningRabbitMq> => {
  const [binary, mapperBinary] = await Promise.all([findRabbitMqBinary(), findProgram(mapperCandidates)]);
  if (binary === undefined || mapperBinary === undefined) {
    throw localStackErrors.SERVER_START_FAILED({ missing: 'rabbitmq-server' });
  }
  const taken = new Set<number>();
  const ports: RabbitMqPorts = {
    amqp: options.port ?? (await pickPort(undefined, taken)),
    distribution: await pickPort(undefined, taken),
    mapper: await pickPort(undefined, taken),
  };
  const directory = await mkdtemp(join(tmpdir(), 'local-stack-rabbitmq-'));
  const password = randomBytes(18).toString('base64url');
  await writeFiles(directory, ports, password);
  const mapper = await startPrivateServer(
    commandOf(mapperBinary, ['-port', String(ports.mapper), '-address', '127.0.0.1'], directory, 'epmd', {}),
    // Request 110 asks for the names it knows.
    async () => (await converse(ports.mapper, Uint8Array.of(0, 1, 110))) !== undefined,
  );
  const stopAll = async (server?: PrivateServer) => {
    await server?.stop();
    await mapper.stop();
    await rm(directory, { recursive: true, force: true });
  };
  const environment = rabbitMqEnvironment(directory, ports, dirname(binary));
  try {
    const server = await startPrivateServer(commandOf(binary, [], directory, 'rabbitmq', environment), () =>
      speaksAmqp(ports.amqp),
    );
    return {
      ...server,
      // A spread would freeze the process id of the first run.
      get pid() {
        return server.pid;
      },
      port: ports.amqp,
      url: `amqp://local:${password}@127.0.0.1:${ports.amqp}`,
      stop: () => stopAll(server),
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
};

type RabbitMqPorts = { readonly amqp: number; readonly distribution: number; readonly mapper: number };

const mapperCandidates = ['epmd', '/usr/lib/erlang/bin/epmd', '/usr/local/lib/erlang/bin/epmd'];

const commandOf = (
  command: string,
  args: readonly string[],
  directory: string,
  name: string,
  environment: Readonly<Record<string, string>>,
): SupervisedCommand => {
  const logFile = join(directory, `${name}.log`);
  return { command, args, directory, logFile, environment, stopSignal: 'TERM', forceSignal: 'KILL' };
};

/** A server that is still booting may accept connections; only a ready one answers the protocol header with a frame. */
const speaksAmqp = async (port: number): Promise<boolean> => {
  const answer = await converse(port, Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1));
  // Frame type 1 (method), class 10, method 10: connection.start. AMQP 0-9-1, sections 2.3.5 and 1.4.2.1.
  return answer?.[0] === 1 && answer[8] === 10 && answer[10] === 10;
};

const writeFiles = async (directory: string, { amqp }: RabbitMqPorts, password: string): Promise<void> => {
  const write = (name: string, text: string, mode = 0o600) =>
    writeFile(join(directory, name), text, { mode });
  await write('.erlang.cookie', randomBytes(18).toString('base64url'), 0o400);
  await write('enabled_plugins', '[].\n');
  await write('rabbitmq.conf', rabbitMqConf(amqp, password));
};

/** One account of its own instead of `guest`, and memory and disk limits that suit a machine shared with others. */
export const rabbitMqConf = (port: number, password: string): string =>
  [
    `listeners.tcp.default = 127.0.0.1:${port}`,
    'default_user = local',
    `default_pass = ${password}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    'vm_memory_high_watermark.absolute = 256MB',
    'disk_free_limit.absolute = 50MB',
    '',
  ].join('\n');

const rabbitMqEnvironment = (
  directory: string,
  ports: RabbitMqPorts,
  programs: string,
): Record<string, string> => ({
  PATH: pathWith(programs),
  LANG: 'C.UTF-8',
  HOME: directory,
  // Otherwise the script stays between us and the server, and would catch our signals.
  RUNNING_UNDER_SYSTEMD: 'true',
  RABBITMQ_NODENAME: `local${ports.amqp}@localhost`,
  RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
  RABBITMQ_NODE_PORT: String(ports.amqp),
  RABBITMQ_DIST_PORT: String(ports.distribution),
  RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
  RABBITMQ_LOG_BASE: join(directory, 'log'),
  RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq'),
  RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'none.config'),
  RABBITMQ_GENERATED_CONFIG_DIR: join(directory, 'config'),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
  RABBITMQ_CONF_ENV_FILE: '/dev/null',
  RABBITMQ_PID_FILE: join(directory, 'pid'),
  ERL_EPMD_ADDRESS: '127.0.0.1',
  ERL_EPMD_PORT: String(ports.mapper),
  // One scheduler that does not spin: less to fight over with the tests.
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none',
});
