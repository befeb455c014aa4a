import type { Message } from '@saas/messaging';
import type { ConfirmChannel, Options } from 'amqplib';
import { orAborted, sharedAbort } from './abort.ts';
import type { Link, Log, RabbitMqConnection } from './rabbitmq-connection.ts';
import { assertQuorumQueue, assertTopic, withChannel } from './topology.ts';
import { Turns } from './turns.ts';
import { toWire } from './wire-message.ts';

/** After how many batches in which a message was not confirmed it is written again, on a new channel. */
const BATCHES_MAX = 6;
/** How many streams of one batch are on their way at once. */
const STREAMS_AT_ONCE = 250;

type Settings = {
  readonly connection: RabbitMqConnection;
  readonly confirmMs: number;
  readonly onFailure: (error: unknown, message: Message) => void;
  readonly onUnroutable: (message: Pick<Message, 'id' | 'topic' | 'routingKey'>) => void;
  /** RabbitMQ said that it does not take a message, in so many words. */
  readonly onRefused: (message: Pick<Message, 'topic'>) => void;
  readonly log: Log;
};

type Outlet = {
  readonly link: Link;
  readonly channel: Promise<ConfirmChannel>;
  readonly declared: Map<string, Promise<void>>;
};

type Sending = { readonly isConfirmed: Promise<boolean>; batches: number };

/** `lost`: the channel ended first, and nobody knows whether RabbitMQ has it. */
type Outcome = 'confirmed' | 'refused' | 'lost';

type Parcel = {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly options: Options.Publish;
};

/** Publishes with confirms on one channel, which is opened when first needed, and again after it was lost. */
export class Publisher {
  readonly #settings: Settings;
  readonly #turns = new Turns();
  readonly #inFlight = new Map<string, Sending>();
  readonly #returned = new Set<string>();
  #outlet: Outlet | undefined;
  #unroutable = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** How many messages no queue wanted. */
  get unroutable(): number {
    return this.#unroutable;
  }

  /** How many messages are written and neither confirmed nor refused. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** As the MessageBus port says. Takes no longer than `confirmMs`; at once answers with none while RabbitMQ is away. */
  async publish(messages: readonly Message[]): Promise<ReadonlySet<string>> {
    const confirmed = new Set<string>();
    const expired = sharedAbort();
    const timer = setTimeout(() => expired.abort(), this.#settings.confirmMs);
    const streams = byStream(messages);
    const groups = streams.entries();
    const worker = async (): Promise<void> => {
      for (const [stream, group] of groups) {
        await orAborted(
          this.#turns.run(stream, () => this.#publishStream(group, confirmed, expired.signal)),
          expired.signal,
        );
      }
    };
    await Promise.all(Array.from({ length: Math.min(STREAMS_AT_ONCE, streams.size) }, worker));
    clearTimeout(timer);
    return new Set(confirmed);
  }

  /**
   * Puts a message away in a durable queue of that name.
   *
   * @returns whether RabbitMQ confirmed it.
   */
  async keep(queue: string, id: string, content: Buffer, options: Options.Publish): Promise<boolean> {
    const link = this.#settings.connection.link;
    if (link === undefined) return false;
    const outlet = this.#outletOf(link);
    await this.#declare(outlet, `queue ${queue}`, (channel) => assertQuorumQueue(channel, queue));
    const parcel = {
      exchange: '',
      routingKey: queue,
      content,
      options: { ...options, messageId: id, persistent: true, mandatory: true },
    };
    const outcome = await this.#transmit(outlet, parcel);
    const isStored = !this.#returned.delete(id) && outcome === 'confirmed';
    if (!isStored) outlet.declared.delete(`queue ${queue}`);
    return isStored;
  }

  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  /** Each only after the one before is confirmed: RabbitMQ may refuse one and take the next. */
  async #publishStream(
    messages: readonly Message[],
    confirmed: Set<string>,
    expired: AbortSignal,
  ): Promise<void> {
    for (const message of messages) {
      const link = await this.#settings.connection.writable(expired);
      if (link === undefined || expired.aborted) return;
      if ((await orAborted(this.#send(link, message), expired)) !== true) return;
      confirmed.add(message.id);
    }
  }

  /** A message that is still on its way from an earlier batch is not written twice, unless it has been for too long. */
  #send(link: Link, message: Message): Promise<boolean> {
    const earlier = this.#inFlight.get(message.id);
    if (earlier && earlier.batches < BATCHES_MAX) {
      earlier.batches += 1;
      return earlier.isConfirmed;
    }
    if (earlier) this.#renew();
    const isConfirmed = this.#write(link, message)
      .catch((error: unknown) => {
        this.#settings.onFailure(error, message);
        return false;
      })
      .finally(() => {
        if (this.#inFlight.get(message.id) === sending) this.#inFlight.delete(message.id);
      });
    const sending: Sending = { isConfirmed, batches: 1 };
    this.#inFlight.set(message.id, sending);
    return isConfirmed;
  }

  /** Gives up the channel and everything on its way over it. */
  #renew(): void {
    const outlet = this.#outlet;
    this.#outlet = undefined;
    this.#inFlight.clear();
    outlet?.channel.then((channel) => channel.close()).catch(() => undefined);
  }

  async #write(link: Link, message: Message): Promise<boolean> {
    const { id, topic, routingKey } = message;
    const parcel = { exchange: topic, routingKey, ...toWire(message) };
    const outlet = this.#outletOf(link);
    await this.#declare(outlet, `topic ${topic}`, (channel) => assertTopic(channel, topic));
    const outcome = await this.#transmit(outlet, parcel);
    if (outcome === 'refused') this.#settings.onRefused(message);
    const isConfirmed = outcome === 'confirmed';
    if (this.#returned.delete(id) && isConfirmed) {
      this.#unroutable += 1;
      this.#settings.onUnroutable({ id, topic, routingKey });
    }
    return isConfirmed;
  }

  async #transmit({ channel }: Outlet, { exchange, routingKey, content, options }: Parcel): Promise<Outcome> {
    const open = await channel;
    return new Promise((resolve) => {
      open.publish(exchange, routingKey, content, options, (refusal: unknown) => resolve(outcomeOf(refusal)));
    });
  }

  #outletOf(link: Link): Outlet {
    if (this.#outlet?.link === link) return this.#outlet;
    const channel = this.#open(link);
    const outlet: Outlet = { link, channel, declared: new Map() };
    const forget = (): void => {
      if (this.#outlet === outlet) this.#outlet = undefined;
    };
    channel.then((open) => open.once('close', forget)).catch(forget);
    this.#outlet = outlet;
    return outlet;
  }

  async #open(link: Link): Promise<ConfirmChannel> {
    const channel = await link.model.createConfirmChannel();
    channel.on('error', (error) =>
      this.#settings.log.warn({ err: error }, 'RabbitMQ ended the publishing channel'),
    );
    // RabbitMQ sends a message back before it confirms it.
    channel.on('return', ({ properties }) => this.#returned.add(String(properties.messageId)));
    return channel;
  }

  #declare(outlet: Outlet, what: string, work: Parameters<typeof withChannel>[1]): Promise<void> {
    const known = outlet.declared.get(what);
    if (known !== undefined) return known;
    const declaring = withChannel(outlet.link.model, work);
    outlet.declared.set(what, declaring);
    declaring.catch(() => outlet.declared.delete(what));
    return declaring;
  }
}

/** amqplib tells what RabbitMQ refused from what a lost channel left open by this text alone. */
const outcomeOf = (refusal: unknown): Outcome => {
  if (refusal === null) return 'confirmed';
  return refusal instanceof Error && refusal.message === 'message nacked' ? 'refused' : 'lost';
};

const byStream = (messages: readonly Message[]): ReadonlyMap<string, readonly Message[]> => {
  const groups = new Map<string, Message[]>();
  for (const message of messages) {
    const group = groups.get(message.stream);
    if (group) group.push(message);
    else groups.set(message.stream, [message]);
  }
  return groups;
};
