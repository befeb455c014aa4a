import { isAppError, silentMeter, type Meter } from '@saas/kernel';
import type { Message, MessageBus, Subscription } from '@saas/messaging';
import { orAborted } from './abort.ts';
import type { Retries } from './back-off.ts';
import { Consumer, type QueueStatus } from './consumer.ts';
import { Publisher } from './publisher.ts';
import { RabbitMqConnection, type Log } from './rabbitmq-connection.ts';
import { rabbitMqCounters } from './rabbitmq-metrics.ts';
import { rabbitMqErrors } from './rabbitmq.errors.ts';

export type RabbitMqOptions = {
  /** `amqp://` or `amqps://`; the certificate is checked against the authorities that Node trusts. */
  readonly url: string;
  /** Shown in RabbitMQ's list of connections. */
  readonly name: string;
  /** How many messages of one subscription are in hand at once, 1 to 65,535. */
  readonly prefetch?: number;
  /** How long `publish` waits for confirms, in milliseconds. */
  readonly confirmMs?: number;
  /** How long `close` waits for what is in hand, in milliseconds. */
  readonly closeMs?: number;
  /** How often, and how far apart, a message is tried in place before its queue gets it back. */
  readonly retries?: Retries;
  /**
   * Told about every message that could not be published (`queue` is empty), handled, or read (no `message`,
   * `MESSAGE_MALFORMED`). Must not throw.
   */
  readonly onFailure: (error: unknown, message: Message | undefined, queue: string) => void;
  /** Told about every message that was confirmed although no queue wanted it. Must not throw. */
  readonly onUnroutable?: (message: Pick<Message, 'id' | 'topic' | 'routingKey'>) => void;
  readonly log?: Log;
  readonly meter?: Meter;
};

export type RabbitMqStatus = {
  /** `blocked`: RabbitMQ is short of memory or disk and takes no messages. `away`: we are trying to reconnect. */
  readonly connection: 'up' | 'blocked' | 'away' | 'closed';
  readonly reconnects: number;
  /** Messages that no queue wanted, since the start. */
  readonly unroutable: number;
  /** Messages written and not yet confirmed. */
  readonly unconfirmed: number;
  readonly queues: readonly QueueStatus[];
};

export type RabbitMqMessageBus = MessageBus & {
  status(): RabbitMqStatus;
  /** Finishes what is in hand within `closeMs`, gives everything else back and disconnects. May be called again. */
  close(): Promise<void>;
};

/** Enough for several transactions that are shared by up to 50 messages each. */
const PREFETCH = 500;
const RETRIES: Retries = { attempts: 5, baseMs: 200, maxMs: 5_000 };
/** A queue that has lost its majority does not answer; the service that wants it starts all the same. */
const OPEN_TIMEOUT_MS = 10_000;
const SILENT: Log = { info: () => undefined, warn: () => undefined };

/**
 * A MessageBus over RabbitMQ: durable topic exchanges, one quorum queue per subscription, persistent messages.
 *
 * Resolves after the first attempt to connect. While RabbitMQ is away, `publish` confirms nothing and `subscribe` keeps
 * the subscription for later; both recover by themselves. While it blocks publishers, or does not answer, `publish`
 * waits for `confirmMs` and leaves out what was not confirmed. Such a message may still arrive: delivery is at least
 * once, a repetition never overtakes.
 *
 * A message that cannot be handled is given back to its queue for ever and holds up its own stream alone, until it has
 * `prefetch` successors. One that cannot be read goes to the queue `<queue>.malformed`. One process at a time consumes
 * a queue; others stand by.
 *
 * @throws {AppError} `RABBITMQ_URL_INVALID`.
 * @see RabbitMQ documentation, "Quorum Queues", "Consumer Acknowledgements and Publisher Confirms", "Single Active Consumer".
 */
export const rabbitMqMessageBus = async (options: RabbitMqOptions): Promise<RabbitMqMessageBus> => {
  const { url, name, prefetch = PREFETCH, confirmMs = 5_000, closeMs = 5_000, retries = RETRIES } = options;
  const { onUnroutable = () => undefined, log = SILENT, meter = silentMeter } = options;
  const consumers = new Set<Consumer>();
  const count = rabbitMqCounters(meter, () => status());
  const onFailure: RabbitMqOptions['onFailure'] = (error, message, queue) => {
    if (isAppError(error, 'MESSAGE_MALFORMED')) count.malformed({ queue });
    options.onFailure(error, message, queue);
  };
  const connection: RabbitMqConnection = new RabbitMqConnection({
    url,
    name,
    log,
    onLink: async (link) => {
      if (connection.hadLink) count.reconnected({});
      await Promise.all([...consumers].map((consumer) => consumer.start(link)));
    },
  });
  const publisher = new Publisher({
    connection,
    confirmMs,
    log,
    onUnroutable: (message) => {
      count.unroutable({ topic: message.topic });
      onUnroutable(message);
    },
    onRefused: ({ topic }) => count.refused({ topic }),
    onFailure: (error, message) => onFailure(error, message, ''),
  });
  const status = (): RabbitMqStatus => ({
    connection: connection.status,
    reconnects: connection.reconnects,
    unroutable: publisher.unroutable,
    unconfirmed: publisher.inFlight,
    queues: [...consumers].map((consumer) => consumer.status),
  });
  const keep: Publisher['keep'] = (...args) => publisher.keep(...args);
  await connection.start();

  const subscribe = async (subscription: Subscription) => {
    if (connection.status === 'closed') throw rabbitMqErrors.RABBITMQ_CLOSED();
    const consumer = new Consumer({ subscription, prefetch, retries, keep, onFailure, log });
    consumers.add(consumer);
    await openNow(consumer, connection).catch((error: unknown) => {
      consumers.delete(consumer);
      throw error;
    });
    return {
      close: async () => {
        consumers.delete(consumer);
        await consumer.close(AbortSignal.timeout(closeMs));
      },
    };
  };
  const close = async (): Promise<void> => {
    const deadline = AbortSignal.timeout(closeMs);
    const closing = [...consumers].map((consumer) => consumer.close(deadline));
    consumers.clear();
    await Promise.all([...closing, orAborted(publisher.settled(), deadline)]);
    await connection.close(deadline);
  };
  return {
    publish: (messages) => publisher.publish(messages),
    subscribe,
    status,
    close,
  };
};

/** While RabbitMQ is away, or goes away, the next connection opens the consumer; one that takes long opens when it can. */
const openNow = async (consumer: Consumer, { link }: RabbitMqConnection): Promise<void> => {
  if (link === undefined) return;
  const opening = consumer.open(link).catch((error: unknown) => {
    if (!link.gone.aborted) throw error;
  });
  await orAborted(opening, AbortSignal.timeout(OPEN_TIMEOUT_MS));
};
