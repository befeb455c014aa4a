import { randomUUID } from 'node:crypto';
import { groupedHandling, runLengthMax, type Message, type Subscription } from '@saas/messaging';
import { IllegalOperationError, type Channel, type ConsumeMessage } from 'amqplib';
import { orAborted, pause, sharedAbort } from './abort.ts';
import { backOffMs, type Retries } from './back-off.ts';
import type { Publisher } from './publisher.ts';
import type { Link, Log } from './rabbitmq-connection.ts';
import { rabbitMqErrors } from './rabbitmq.errors.ts';
import { assertQuorumQueue, assertTopic, withChannel } from './topology.ts';
import { Turns } from './turns.ts';
import { fromWire, type ReadMessage } from './wire-message.ts';

/** How long a stream waits for a message that was given back to its queue before it goes on without it. */
const RETURN_MS = 30_000;
const REOPEN = { baseMs: 100, maxMs: 5_000 };
/** Malformed messages belong to no stream; they are set aside one after the other. */
const NO_STREAM = '';

type Settings = {
  readonly subscription: Subscription;
  readonly prefetch: number;
  readonly retries: Retries;
  readonly keep: Publisher['keep'];
  readonly onFailure: (error: unknown, message: Message | undefined, queue: string) => void;
  readonly log: Log;
};

/** From opening a channel to its end; `stopping` aborts when no more work may begin. */
type Session = {
  readonly channel: Channel;
  readonly stopping: AbortController;
  isConsuming: boolean;
  isLost: boolean;
};

type Delivery = { readonly raw: ConsumeMessage; readonly read: ReadMessage; readonly session: Session };

/** What a subscription does at the moment. */
export type QueueStatus = {
  readonly queue: string;
  readonly status: 'open' | 'away';
  /** Streams with a message in hand. */
  readonly streamsInHand: number;
  /** Handlings that failed, since the start. */
  readonly failures: number;
  /** Messages set aside in `<queue>.malformed`, since the start. */
  readonly malformed: number;
};

/**
 * One subscription. Streams are handled side by side, at most `prefetch` messages being in hand; each stream's messages
 * one after the other, or together when the subscription takes successors. A message whose handling fails is tried again in place, then given back to the queue and taken again,
 * while the later ones of its stream wait.
 */
export class Consumer {
  readonly #settings: Settings;
  readonly #handle: ReturnType<typeof groupedHandling>;
  readonly #turns = new Turns();
  /** By stream, what has come and has not had its turn. */
  readonly #waiting = new Map<string, Delivery[]>();
  readonly #awaited = new Map<string, (delivery: Delivery) => void>();
  #session: Session | undefined;
  #isClosed = false;
  #failures = 0;
  #malformed = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#handle = groupedHandling(settings.subscription);
  }

  get status(): QueueStatus {
    return {
      queue: this.#settings.subscription.queue,
      status: this.#session?.isConsuming === true ? 'open' : 'away',
      streamsInHand: this.#turns.size,
      failures: this.#failures,
      malformed: this.#malformed,
    };
  }

  /** Opens on a new connection; when that fails, keeps trying for as long as the connection lives. Never rejects. */
  async start(link: Link): Promise<void> {
    await this.open(link).catch((error: unknown) => {
      this.#warn(error, 'A queue could not be opened');
      void this.#reopen(link);
    });
  }

  /**
   * Declares exchanges, queue and bindings, and begins to consume.
   *
   * @throws {Error} RabbitMQ's refusal, for instance of a queue that exists with other arguments.
   */
  async open(link: Link): Promise<void> {
    if (this.#isClosed) return;
    await withChannel(link.model, (channel) => declare(channel, this.#settings.subscription));
    if (this.#isClosed) return;
    const channel = await link.model.createChannel();
    const session: Session = {
      channel,
      stopping: sharedAbort(),
      isConsuming: false,
      isLost: false,
    };
    this.#session = session;
    channel.on('error', (error) => this.#warn(error, 'RabbitMQ ended the channel of a queue'));
    channel.on('close', () => this.#lose(session, link));
    await channel.prefetch(this.#settings.prefetch);
    await channel.consume(this.#settings.subscription.queue, (raw) => {
      if (raw) this.#take(raw, session);
      // The queue was deleted, or its node left.
      else void channel.close().catch(() => undefined);
    });
    if (session.isLost) throw rabbitMqErrors.RABBITMQ_LOST();
    session.isConsuming = true;
    if (this.#isClosed) await this.#end(session, link.gone);
  }

  /** Takes nothing more, finishes what is being handled until the signal aborts, and gives everything else back. */
  async close(signal: AbortSignal): Promise<void> {
    this.#isClosed = true;
    if (this.#session !== undefined) await this.#end(this.#session, signal);
  }

  #lose(session: Session, link: Link): void {
    session.isLost = true;
    session.stopping.abort();
    if (this.#session !== session) return;
    this.#session = undefined;
    // Otherwise whoever is opening it learns of the failure, and sees to it.
    if (session.isConsuming) void this.#reopen(link);
  }

  async #end(session: Session, signal: AbortSignal): Promise<void> {
    this.#session = undefined;
    session.stopping.abort();
    await orAborted(this.#turns.settled(), signal);
    if (session.isLost) return;
    session.isLost = true;
    // Ends the consumer, too, and RabbitMQ takes back what was not acknowledged.
    await orAborted(session.channel.close(), signal).catch(() => undefined);
  }

  async #reopen(link: Link): Promise<void> {
    for (let attempt = 1; !link.gone.aborted && !this.#isClosed; attempt += 1) {
      await pause(backOffMs(REOPEN, attempt, Math.random()), link.gone);
      if (link.gone.aborted || this.#isClosed) return;
      try {
        return await this.open(link);
      } catch (error) {
        this.#warn(error, 'A queue could not be opened');
      }
    }
  }

  #take(raw: ConsumeMessage, session: Session): void {
    if (this.#isClosed || session.stopping.signal.aborted) return;
    const read = fromWire(raw);
    const delivery = { raw, read, session };
    const awaited = read.status === 'read' ? this.#awaited.get(read.message.id) : undefined;
    if (awaited) return awaited(delivery);
    const stream = read.status === 'read' ? read.message.stream : NO_STREAM;
    const waiting = this.#waiting.get(stream);
    if (waiting) waiting.push(delivery);
    else this.#waiting.set(stream, [delivery]);
    void this.#turns.run(stream, () => this.#workNext(stream));
  }

  /** Never rejects. As many of a stream's messages as have come and may be handled together; those that may not, one by one. */
  async #workNext(stream: string): Promise<void> {
    const run = this.#nextRun(stream);
    const [first] = run;
    // It went along with one before.
    if (!first) return;
    const messages = run.flatMap(({ read }) => (read.status === 'read' ? [read.message] : []));
    const { handled } = messages.length > 1 ? await this.#handle(messages) : { handled: 0 };
    for (const delivery of run.slice(0, handled)) answer(delivery, ({ channel }, raw) => channel.ack(raw));
    for (const delivery of run.slice(handled)) await this.#work(delivery);
  }

  /** What RabbitMQ has taken back is left out. */
  #nextRun(stream: string): readonly Delivery[] {
    const waiting = this.#waiting.get(stream) ?? [];
    const ours = waiting.filter(({ session }) => !session.stopping.signal.aborted);
    const count = stream === NO_STREAM ? 1 : runLengthMax(this.#settings.subscription);
    if (ours.length > count) this.#waiting.set(stream, ours.slice(count));
    else this.#waiting.delete(stream);
    return ours.slice(0, count);
  }

  /** Never rejects. Keeps the stream's turn until the message is handled, or is RabbitMQ's again. */
  async #work(first: Delivery): Promise<void> {
    let delivery: Delivery | undefined = first;
    while (delivery !== undefined && !(await this.#isDone(delivery))) {
      if (delivery.session.stopping.signal.aborted) return;
      // What is malformed has no stream to be held up: it is tried for as long as it takes.
      if (delivery.read.status === 'read')
        delivery = await this.#giveBack(delivery, delivery.read.message.id);
    }
    if (delivery) answer(delivery, ({ channel }, raw) => channel.ack(raw));
  }

  async #isDone({ raw, read, session }: Delivery): Promise<boolean> {
    const { retries, onFailure, subscription } = this.#settings;
    for (let attempt = 1; attempt <= retries.attempts; attempt += 1) {
      if (session.stopping.signal.aborted) return false;
      try {
        if (read.status === 'malformed') await this.#setAside(raw, read.reason);
        const { failure } = read.status === 'read' ? await this.#handle([read.message]) : {};
        if (failure) throw failure.error;
        return true;
      } catch (error) {
        this.#failures += 1;
        onFailure(error, read.status === 'read' ? read.message : undefined, subscription.queue);
        await pause(backOffMs(retries, attempt, Math.random()), session.stopping.signal);
      }
    }
    return false;
  }

  /** RabbitMQ delivers a returned message before all others. Undefined when it does not come back to us in time. */
  async #giveBack(delivery: Delivery, id: string): Promise<Delivery | undefined> {
    const { signal } = delivery.session.stopping;
    const again = await new Promise<Delivery | undefined>((resolve) => {
      this.#awaited.set(id, resolve);
      answer(delivery, ({ channel }, raw) => channel.nack(raw, false, true));
      void pause(RETURN_MS, signal).then(() => resolve(undefined));
    });
    this.#awaited.delete(id);
    return again;
  }

  async #setAside({ content, properties, fields }: ConsumeMessage, reason: string): Promise<void> {
    const { keep, onFailure, subscription } = this.#settings;
    const { queue } = subscription;
    const headers = {
      ...properties.headers,
      'malformed-reason': reason,
      'malformed-exchange': fields.exchange,
      'malformed-routing-key': fields.routingKey,
    };
    const { contentType, contentEncoding } = properties as { contentType?: string; contentEncoding?: string };
    const options = {
      headers,
      ...(contentType && { contentType }),
      ...(contentEncoding && { contentEncoding }),
    };
    const isKept = await keep(`${queue}.malformed`, randomUUID(), content, options);
    if (!isKept) throw rabbitMqErrors.MALFORMED_NOT_KEPT({ queue });
    this.#malformed += 1;
    onFailure(rabbitMqErrors.MESSAGE_MALFORMED({ queue, reason }), undefined, queue);
  }

  #warn(error: unknown, text: string): void {
    this.#settings.log.warn({ err: error, queue: this.#settings.subscription.queue }, text);
  }
}

/** One consumer at a time is active: others on the same queue stand by, or two processes would share a stream. */
const declare = async (channel: Channel, { queue, bindings }: Subscription): Promise<void> => {
  await assertQuorumQueue(channel, queue, { 'x-single-active-consumer': true });
  for (const { topic, pattern } of bindings) {
    await assertTopic(channel, topic);
    await channel.bindQueue(queue, topic, pattern);
  }
};

/** On a channel that has ended there is nothing to say: RabbitMQ delivers the message again. */
const answer = ({ session, raw }: Delivery, say: (session: Session, raw: ConsumeMessage) => void): void => {
  if (session.isLost) return;
  try {
    say(session, raw);
  } catch (error) {
    if (!(error instanceof IllegalOperationError)) throw error;
  }
};
