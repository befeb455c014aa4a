import { assertNever } from '@saas/kernel';
import type { Message, Subscription } from './message-bus.port.ts';
import { keptFailure, verdictOn, type MessageRetries, type Verdict } from './failure-verdict.ts';
import { messagingErrors } from './messaging.errors.ts';
import type { ParkedMessages } from './parked-messages.port.ts';

/**
 * What became of a delivery. `handled`, `duplicate` (was handled before): acknowledged. `early`, `retrying`, `dead`:
 * parked, then acknowledged. `returned`: left to the bus, as the database is away or there is no room.
 */
export type Outcome = 'handled' | 'duplicate' | 'early' | 'retrying' | 'dead' | 'returned';

/** Told about every outcome; `error` is what the handling failed with. Must not throw. */
export type OnOutcome = (outcome: Outcome, message: Message, consumer: string, error?: unknown) => void;

export type ParkingOptions = {
  readonly parked: ParkedMessages;
  readonly retries: MessageRetries;
  /** Whether there is room altogether; the streams' own bounds are the adapter's. */
  readonly hasRoom?: () => boolean;
  readonly onOutcome?: OnOutcome;
  /** Called after a message was parked. */
  readonly onParked?: () => void;
  /** From 0 to 1, by chance unless replaced. */
  readonly chance?: () => number;
};

/** A message that is early and behind no parked one is looked at again this often. */
export const EARLY_MS = 1_000;

/**
 * The subscription, but what it cannot handle is parked instead of coming back: the bus goes on, and only later messages
 * of the same stream wait, parked behind it.
 *
 * The subscription must refuse what is out of order with `MESSAGE_EARLY`, in the transaction of its effect, as receipts
 * do: that, and nothing remembered here, is what keeps a stream's order. Parking is committed before the bus may
 * acknowledge; when it cannot be, the delivery fails and the bus keeps the message.
 */
export const parkFailures = (subscription: Subscription, options: ParkingOptions): Subscription => {
  const { queue: consumer, handle, handleTogether } = subscription;
  const { onOutcome = () => undefined } = options;
  /** Streams with something parked, as far as we know: only to spare the others a group that is bound to fail. */
  const waiting = new Set<string>();

  const handleOne = async (message: Message): Promise<void> => {
    try {
      await handle(message);
    } catch (error) {
      const outcome = await park(message, consumer, error, options).catch((reason: unknown) => {
        onOutcome('returned', message, consumer, reason);
        throw reason;
      });
      if (outcome !== 'duplicate') waiting.add(message.stream);
      onOutcome(outcome, message, consumer, error);
      return;
    }
    waiting.delete(message.stream);
    onOutcome('handled', message, consumer);
  };
  const together =
    handleTogether &&
    (async (messages: readonly Message[]): Promise<void> => {
      const free = messages.filter(({ stream }) => !waiting.has(stream));
      for (const message of messages) if (!free.includes(message)) await handleOne(message);
      if (free.length > 0) await handleTogether(free);
      for (const message of free) onOutcome('handled', message, consumer);
    });
  return { ...subscription, handle: handleOne, ...(together && { handleTogether: together }) };
};

/** Rejects when the bus has to keep the message, with the reason. */
const park = async (
  message: Message,
  consumer: string,
  error: unknown,
  { parked, retries, hasRoom = () => true, onParked, chance = Math.random }: ParkingOptions,
): Promise<Exclude<Outcome, 'handled' | 'returned'>> => {
  const verdict = verdictOn(error, 1, retries, chance());
  if (verdict.status === 'done') return 'duplicate';
  if (verdict.status === 'away') throw error;
  const parking = { consumer, message, failure: keptFailure(error), ...parkingOf(verdict) };
  const isKept = hasRoom() && (await parked.park(parking)) === 'parked';
  if (!isKept) throw messagingErrors.PARKING_FULL({ consumer, stream: message.stream }, error);
  onParked?.();
  return verdict.status === 'retry' ? 'retrying' : verdict.status;
};

const parkingOf = (verdict: Exclude<Verdict, { status: 'done' | 'away' }>) => {
  switch (verdict.status) {
    case 'early':
      return { state: 'held', attempts: 0, waitMs: EARLY_MS } as const;
    case 'dead':
      return { state: 'dead', attempts: 1, waitMs: 0 } as const;
    case 'retry':
      return { state: 'retrying', attempts: 1, waitMs: verdict.waitMs } as const;
    default:
      return assertNever(verdict);
  }
};
