import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { pickPort } from './free-port.ts';
import { localStackErrors } from './local-stack.errors.ts';
import type { Durability, Upstream } from './postgres-settings.ts';
import { adminUrl, postgresConf } from './postgres-settings.ts';
import { readPostmasterPid } from './postmaster-pid.ts';
import { childrenOf, isAlive, processesIn } from './process-lookup.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { superviseProcess } from './supervised-process.ts';
import { waitUntil } from './wait-until.ts';

/** The signals by which a node can be made to fail. */
export type NodeSignal = 'SIGKILL' | 'SIGQUIT' | 'SIGINT' | 'SIGSTOP' | 'SIGCONT';

/** What all nodes of a topology have in common. */
export type NodeSurroundings = {
  readonly binaries: string;
  readonly account: Account | undefined;
  readonly durability: Durability;
  readonly password: string;
  readonly logDirectory: string;
  /** Ports that nodes of this topology have or are about to take. */
  readonly takenPorts: Set<number>;
  readonly log: (message: string) => void;
};

/** One PostgreSQL server on its data directory. Starts and stops as often as one likes; keeps its port meanwhile. */
export class PostgresNode {
  readonly name: string;
  readonly directory: string;
  readonly #surroundings: NodeSurroundings;
  #port: number | undefined;
  #process: SupervisedProcess | undefined;
  /** Whether its end would be our own doing. */
  #mayEnd = false;
  #frozen = false;

  constructor(name: string, directory: string, port: number | undefined, surroundings: NodeSurroundings) {
    this.name = name;
    this.directory = directory;
    this.#port = port;
    this.#surroundings = surroundings;
  }

  get port(): number {
    if (this.#port === undefined)
      throw localStackErrors.POSTGRES_START_FAILED({ node: this.name, reason: 'not started' });
    return this.#port;
  }

  /** The superuser's URL, database `postgres`. */
  get url(): string {
    return adminUrl(this.port, this.#surroundings.password);
  }

  get running(): boolean {
    return this.#process?.running === true;
  }

  /**
   * Starts the server and resolves when it accepts connections: for a replica that means reading, not being up to date.
   * Takes its former port when that is free, and otherwise another one.
   *
   * @throws {AppError} `DATA_DIR_IN_USE` when processes of another run still work in the directory after 15 seconds,
   *   `POSTGRES_START_FAILED` with the end of the log.
   */
  async start(upstream?: Upstream): Promise<void> {
    if (this.running) return;
    await this.#waitForPredecessors();
    for (let attempt = 1; ; attempt++) {
      if (this.#port !== undefined) this.#surroundings.takenPorts.delete(this.#port);
      const port = await pickPort(this.#port, this.#surroundings.takenPorts);
      this.#port = port;
      try {
        await this.#configure(port, upstream);
        return await this.#launch();
      } catch (error) {
        // Another process may have taken the port in the meantime; anything else would only repeat itself.
        const stolen = (await this.#logTail()).includes('could not create any TCP/IP sockets');
        if (!stolen || attempt === 5) throw error;
      }
    }
  }

  /** Ends the server in an orderly way, by force after 5 seconds. Does nothing when it is not running. */
  async stop(): Promise<void> {
    this.#mayEnd = true;
    // The postmaster waits for its children, and stopped ones would never hear that they are to end.
    if (this.#frozen) await this.kill('SIGCONT');
    await this.#process?.stop();
  }

  /** Sends the signal to every process of the server, and waits for the end of all when it is one that ends them. */
  async kill(signal: NodeSignal): Promise<void> {
    const server = this.#process;
    if (server?.running !== true) return;
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') this.#frozen = signal === 'SIGSTOP';
    else this.#mayEnd = true;
    const everyone = signal === 'SIGSTOP' || signal === 'SIGCONT' || signal === 'SIGKILL';
    const children = everyone ? await childrenOf(server.pid) : [];
    server.signal(signal);
    for (const pid of children) if (isAlive(pid)) sendQuietly(pid, signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    await server.exited;
    await this.#waitForPredecessors();
  }

  /** After a crash, backends may outlive their postmaster by moments; a new one beside them would destroy the data. */
  async #waitForPredecessors(): Promise<void> {
    const file = await readPostmasterPid(this.directory);
    if (file === undefined) return;
    const living = async () =>
      (await processesIn(this.directory)) ?? (isAlive(file.pid) ? [file.pid] : ([] as readonly number[]));
    const isEmpty = async () => (await living()).length === 0;
    await waitUntil('the end of an earlier run', isEmpty, { timeoutMs: 15_000 }).catch(
      async (cause: unknown) => {
        const [pid = file.pid] = await living();
        throw localStackErrors.DATA_DIR_IN_USE({ directory: this.directory, pid }, cause);
      },
    );
    // Nobody is here: the file is left over, and its process id may by now be someone else's.
    await rm(join(this.directory, 'postmaster.pid'), { force: true });
  }

  async #configure(port: number, upstream: Upstream | undefined): Promise<void> {
    const path = join(this.directory, 'postgresql.conf');
    await writeFile(path, postgresConf(port, this.#surroundings.durability, upstream), { mode: 0o600 });
    const { account } = this.#surroundings;
    if (account !== undefined) await chown(path, account.uid, account.gid);
  }

  async #launch(): Promise<void> {
    const { binaries, account } = this.#surroundings;
    // The log of the run before is kept beside it: it may say why that run ended.
    await rename(this.#logFile, `${this.#logFile}.previous`).catch(() => undefined);
    const server = await superviseProcess({
      command: join(binaries, 'bin', 'postgres'),
      args: ['-D', this.directory],
      directory: this.directory,
      logFile: this.#logFile,
      stopSignal: 'INT',
      forceSignal: 'QUIT',
      account,
    });
    this.#process = server;
    this.#mayEnd = false;
    this.#frozen = false;
    void this.#reportEnd(server);
    const isReady = async () => {
      if (!server.running)
        throw localStackErrors.POSTGRES_START_FAILED({ node: this.name, log: await this.#logTail() });
      const found = await readPostmasterPid(this.directory);
      return found?.pid === server.pid && found.status === 'ready';
    };
    await waitUntil(`${this.name} to accept connections`, isReady, { timeoutMs: 60_000 }).catch(
      async (error: unknown) => {
        await server.stop();
        throw error;
      },
    );
  }

  async #reportEnd(server: SupervisedProcess): Promise<void> {
    const code = await server.exited;
    if (!this.#mayEnd) this.#surroundings.log(`${this.name} has ended by itself (code ${code}).`);
  }

  get #logFile(): string {
    return join(this.#surroundings.logDirectory, `${this.name}.log`);
  }

  async #logTail(): Promise<string> {
    return (await readFile(this.#logFile, 'utf8').catch(() => '')).slice(-2_000);
  }
}

const sendQuietly = (pid: number, signal: NodeSignal): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
};
