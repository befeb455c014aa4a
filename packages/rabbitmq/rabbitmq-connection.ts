import { connect, type ChannelModel, type RecoveringChannelModel } from 'amqplib';
import { orAborted, sharedAbort } from './abort.ts';
import { gatherWrites } from './gather-writes.ts';
import { rabbitMqErrors } from './rabbitmq.errors.ts';

/** One connection, from its opening to its end. Channels belong to it and end with it. */
export type Link = { readonly model: ChannelModel; readonly gone: AbortSignal };

/** Where notices go; a pino logger fits. */
export type Log = {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
};

type Options = {
  readonly url: string;
  /** Shown in RabbitMQ's list of connections. */
  readonly name: string;
  /** Rebuilds what lives on a connection, which takes no messages before that, for 10 seconds at most. Never rejects. */
  readonly onLink: (link: Link) => Promise<void>;
  readonly log: Log;
};

const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT = { initialDelay: 100, maxDelay: 5_000, factor: 2, jitter: 0.5 };
/** A queue without a majority does not answer at all; the others shall not wait for it. */
const REBUILD_TIMEOUT_MS = 10_000;
/** A peer that is silent for two of these is gone. */
const HEARTBEAT_SECONDS = 10;

/** Keeps one connection to RabbitMQ, for ever trying to get it back, 0.1 to 5 seconds apart. */
export class RabbitMqConnection {
  readonly #options: Options;
  readonly #closed = new AbortController();
  #recovering: RecoveringChannelModel | undefined;
  #link: Link | undefined;
  #isReady = false;
  #isBlocked = false;
  #links = 0;
  readonly #waitingWriters = new Set<() => void>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** The connection of this moment, perhaps not ready for messages yet; undefined while there is none. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** Whether there has been a connection that took messages. */
  get hadLink(): boolean {
    return this.#links > 0;
  }

  /** How often a connection was lost and regained. */
  get reconnects(): number {
    return Math.max(0, this.#links - 1);
  }

  get status(): 'up' | 'blocked' | 'away' | 'closed' {
    if (this.#closed.signal.aborted) return 'closed';
    if (!this.#isReady) return 'away';
    return this.#isBlocked ? 'blocked' : 'up';
  }

  /** Resolves after the first attempt, whether it succeeded or not. */
  async start(): Promise<void> {
    const recovering = await connect(withHeartbeat(this.#options.url), {
      noDelay: true,
      keepAlive: true,
      timeout: CONNECT_TIMEOUT_MS,
      clientProperties: { connection_name: this.#options.name },
      recovery: { ...RECONNECT, waitForConnect: false, setup: (model: ChannelModel) => this.#adopt(model) },
    });
    this.#recovering = recovering;
    // What went wrong with a connection is told by `disconnect`; an error nobody listens to would end the process.
    recovering.on('error', () => undefined);
    recovering.on('disconnect', (error) => this.#options.log.warn({ err: error }, 'RabbitMQ is away'));
    await new Promise<void>((resolve) => {
      recovering.once('connect', () => resolve());
      recovering.on('connect-failed', (error) => {
        this.#options.log.warn({ err: error }, 'RabbitMQ cannot be reached');
        resolve();
      });
    });
  }

  /** The connection once it takes messages, or undefined when there is none, or when it is blocked until the signal aborts. */
  async writable(signal: AbortSignal): Promise<Link | undefined> {
    while (this.status === 'blocked' && !signal.aborted) await this.#change(signal);
    return this.status === 'up' ? this.#link : undefined;
  }

  /** Ends the connection, and the attempts to get it back; by `signal` without waiting for RabbitMQ's farewell. */
  async close(signal: AbortSignal): Promise<void> {
    this.#closed.abort();
    this.#wake();
    await orAborted(this.#recovering?.close() ?? Promise.resolve(), signal);
  }

  async #adopt(model: ChannelModel): Promise<void> {
    const gone = sharedAbort();
    const link = { model, gone: gone.signal };
    this.#link = link;
    gatherWrites(model);
    this.#isBlocked = false;
    // What went wrong is told by `disconnect`.
    model.on('error', () => undefined);
    model.on('blocked', (reason) => {
      this.#options.log.warn({ reason }, 'RabbitMQ takes no messages for the moment');
      this.#isBlocked = true;
    });
    model.on('unblocked', () => {
      this.#isBlocked = false;
      this.#wake();
    });
    model.once('close', () => {
      gone.abort();
      this.#link = undefined;
      this.#isReady = false;
      this.#wake();
    });
    await orAborted(this.#options.onLink(link), AbortSignal.timeout(REBUILD_TIMEOUT_MS));
    // amqplib begins to watch a connection only after this function: one that is lost by now would never be missed.
    if (gone.signal.aborted) throw rabbitMqErrors.RABBITMQ_LOST();
    this.#isReady = true;
    this.#links += 1;
    this.#options.log.info({ reconnects: this.reconnects }, 'Connected to RabbitMQ');
  }

  async #change(signal: AbortSignal): Promise<void> {
    let wake = (): void => undefined;
    const change = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#waitingWriters.add(wake);
    await orAborted(change, signal);
    this.#waitingWriters.delete(wake);
  }

  #wake(): void {
    for (const wake of this.#waitingWriters) wake();
  }
}

const withHeartbeat = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'amqp:' && url?.protocol !== 'amqps:') throw rabbitMqErrors.RABBITMQ_URL_INVALID();
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return url.href;
};
