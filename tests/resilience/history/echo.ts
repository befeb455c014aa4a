import {
  commandHandler,
  type Decider,
  type DomainEvent,
  type EventStore,
  type StreamId,
} from '@saas/event-sourcing';
import { isAppError } from '@saas/kernel';
import { causeOf, receiptOf, type Message, type Subscription } from '@saas/messaging';
import type { RawTx, ReadModel } from '@saas/postgres';

/** What one message leads to, at the consumer: an event, and with it a row of `history_effects`. */
export type EchoEvent = DomainEvent<
  'EchoWasHeard',
  { messageId: string; stream: StreamId; sequence: number; operation: string }
>;

const echo: Decider<{ readonly heard: number }, EchoEvent['data'], EchoEvent> = {
  initialState: { heard: 0 },
  decide: (data) => [{ type: 'EchoWasHeard', data }],
  evolve: ({ heard }) => ({ heard: heard + 1 }),
};

/**
 * Where effects are written. It has no key on purpose: what is there twice or in another order shall be seen, not
 * refused.
 */
export const effectsTable = `
  CREATE TABLE history_effects (
    position bigserial, message_id text NOT NULL, stream_id text NOT NULL, sequence int NOT NULL, operation text NOT NULL);
  GRANT INSERT ON history_effects TO notifications_service;
  GRANT USAGE ON SEQUENCE history_effects_position_seq TO notifications_service;`;

/** Writes the row in the transaction of the event. */
export const effectRows: ReadModel<RawTx> = {
  name: 'history-effects-1',
  tables: ['history_effects'],
  apply: async (events, tx) => {
    for (const { data } of events) {
      const { messageId, stream, sequence, operation } = data as EchoEvent['data'];
      await tx.$executeRaw`
        INSERT INTO history_effects (message_id, stream_id, sequence, operation)
        VALUES (${messageId}, ${stream}, ${sequence}::int, ${operation})`;
    }
  },
};

type Heard = 'handled' | 'repeated' | 'early' | 'failed';

type Options = {
  readonly store: EventStore;
  readonly topic: string;
  readonly queue: string;
  /** Without them a message that is delivered again has its effect again. */
  readonly keepsReceipts: boolean;
  /** Told how each delivery ended. */
  readonly onHeard: (how: Heard, count: number) => void;
};

/** A consumer as the services have them: the effect and the receipts in one transaction, then the acknowledgement. */
export const echoSubscription = ({ store, topic, queue, keepsReceipts, onHeard }: Options): Subscription => {
  const handler = commandHandler({ decider: echo, store, announce: () => [] });
  const hear = async (messages: readonly Message[]): Promise<void> => {
    const [first] = messages;
    if (!first) return;
    try {
      await handler({
        tenantId: first.tenantId,
        metadata: { actor: 'history', ...causeOf(first) },
        ...(keepsReceipts && { receipts: messages.map((message) => receiptOf(queue, message)) }),
        work: { commands: messages.map(commandOf) },
      });
      onHeard('handled', messages.length);
    } catch (error) {
      onHeard(howItFailed(error), messages.length);
      if (messages.length > 1 || !isAppError(error, 'MESSAGE_ALREADY_RECEIVED')) throw error;
    }
  };
  return {
    queue,
    bindings: [{ topic, pattern: '#' }],
    handle: (message) => hear([message]),
    handleTogether: hear,
  };
};

const commandOf = ({ id, stream, sequence, body }: Message) => ({
  stream: `echo-${stream}` as const,
  command: { messageId: id, stream, sequence, operation: (body as { operation: string }).operation },
});

const howItFailed = (error: unknown): Heard => {
  if (isAppError(error, 'MESSAGE_ALREADY_RECEIVED')) return 'repeated';
  return isAppError(error, 'MESSAGE_EARLY') ? 'early' : 'failed';
};
