import type { EventStore, OutboxMessage } from '../event-store.port.ts';
import type { StreamId } from '../recorded-event.ts';

/** What a suite of the event store works on. */
export type Opened = {
  readonly store: EventStore;
  /** Everything in the outbox of these streams, oldest first. */
  readonly outboxOf: (streams: readonly StreamId[]) => Promise<readonly OutboxMessage[]>;
};

let fresh = 0;

/** The id of a stream that no other test uses. */
export const unique = (name: string): StreamId => `${name}-${process.pid}${Date.now()}${(fresh += 1)}`;

/** The events of the suites: something was added. */
export const added = (n: number) => ({ type: 'Added', data: { n } }) as const;

export const metadata = { actor: 'ada', requestId: 'request-1' };
