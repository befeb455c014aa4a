import type { OutboxMessage } from '@saas/event-sourcing';

/** What a consumer receives: the message as its sender wrote it. */
export type Message = OutboxMessage;

export type Subscription = {
  /** Names the consumer, for ever: its queue outlives the process. */
  readonly queue: string;
  /**
   * Which messages arrive. Sequences count every announcement of a stream, so bind all routing keys of an aggregate
   * (`task.#`) and ignore what is of no interest; a part of them would look like a gap.
   */
  readonly bindings: readonly { readonly topic: string; readonly pattern: string }[];
  /** Resolves when the message's effect is committed. A rejection brings the message back later. */
  readonly handle: (message: Message) => Promise<void>;
  /**
   * What `handle` does, for several messages at once, all or none: they are one tenant's and each is another stream's, unless
   * {@link takesSuccessors}.
   * A bus may use it to save work; when it rejects, the bus hands them to `handle` one by one.
   */
  readonly handleTogether?: (messages: readonly Message[]) => Promise<void>;
  /**
   * Whether `handleTogether` takes several messages of one stream, too: then they stand in the stream's order, one right
   * after the other.
   */
  readonly takesSuccessors?: boolean;
};

/**
 * Carries announcements between services: topic exchanges, durable queues, at least once, in order per stream.
 *
 * Every adapter must pass `describeMessageBusContract`.
 */
export type MessageBus = {
  /**
   * Publishes in order per stream. A message that is not confirmed holds back the later ones of its stream.
   *
   * @returns the ids of the messages that are confirmed; publish the others again, in order.
   */
  publish(messages: readonly Message[]): Promise<ReadonlySet<string>>;

  /** From now on hands every matching message to `handle`, each stream's one after the other. */
  subscribe(subscription: Subscription): Promise<{ close(): Promise<void> }>;
};
