import type { Message } from './message-bus.port.ts';

/**
 * `retrying`: failed, and due again later. `held`: waits for an earlier one of its stream. `dead`: given up, waits for an
 * operator. `replaying`: an operator wants it tried once more.
 */
export type ParkedState = 'retrying' | 'held' | 'dead' | 'replaying';

/** Why a message was not handled, fit to be kept: bounded, and without personal data. */
export type KeptFailure = { readonly code: string; readonly text: string };

export type Parking = {
  readonly consumer: string;
  readonly message: Message;
  readonly state: 'retrying' | 'held' | 'dead';
  /** Handlings that failed so far. */
  readonly attempts: number;
  readonly failure: KeptFailure;
  /** Milliseconds before it is due. */
  readonly waitMs: number;
};

/** A parked message that is to be handled now, by whoever claimed it. */
export type DueMessage = {
  readonly consumer: string;
  readonly message: Message;
  readonly state: ParkedState;
  readonly attempts: number;
  /** The operator's request that it is part of, when there is one. */
  readonly replayId?: string;
};

export type Settlement =
  | { readonly status: 'handled' }
  | {
      readonly status: 'failed';
      readonly parking: Pick<Parking, 'state' | 'attempts' | 'failure' | 'waitMs'>;
    }
  /** Nobody's fault: it is due again later, as it was. */
  | { readonly status: 'postponed'; readonly waitMs: number };

/** How many parked messages there are of each state. */
export type ParkedCounts = Readonly<Record<ParkedState, number>>;

export type Claimed = {
  readonly due: readonly DueMessage[];
  readonly nextMs?: number | undefined;
  readonly counts?: ParkedCounts;
};

/**
 * The messages that consumers have taken and not handled yet, in the consumers' own database, so that they survive
 * whatever the effects survive.
 *
 * Of each consumer and stream only the head, the lowest sequence, is ever due: later ones cannot overtake it, whatever
 * state they are in. A `dead` head is never due.
 *
 * Every adapter must pass `describeParkedMessagesContract`.
 */
export type ParkedMessages = {
  /** Where messages are kept, each by itself; one of them being away does not hinder the others. */
  shards(): readonly string[];

  /**
   * Keeps a message. One that is kept already stays as it is.
   *
   * @returns `full` when so many messages of the stream are parked that there is no room; it is not kept then.
   */
  park(parking: Parking): Promise<'parked' | 'full'>;

  /**
   * Hands over heads that are due, longest due first, to nobody else for `leaseMs`. Of a replay, only as many as its rate
   * allows at this moment.
   *
   * @returns with none due, also in how many milliseconds the next one will be (undefined: none waits for a time), and
   *   how many messages are parked.
   */
  claim(shard: string, consumers: readonly string[], limit: number, leaseMs: number): Promise<Claimed>;

  /**
   * Notes how a claimed message fared. A handled one goes. When a replayed one has failed, its successors are no longer
   * part of the replay.
   *
   * @returns after `handled`, the next of its stream, claimed, when that one was `held`; one of a replay only if its rate
   *   allows.
   */
  settle(
    shard: string,
    due: DueMessage,
    settlement: Settlement,
    leaseMs: number,
  ): Promise<DueMessage | undefined>;
};
