import type { MessageBus } from './message-bus.port.ts';
import type { Outbox } from './outbox.port.ts';

const BATCH_SIZE = 250;

type Options = {
  readonly outbox: Outbox;
  readonly bus: MessageBus;
  /** How long to wait, in milliseconds, when there was nothing to do and nobody woke us. */
  readonly idleMs: number;
  readonly onError: (error: unknown) => void;
};

export type OutboxRelay = {
  /** Says that there is something to send; never blocks. */
  wake(): void;
  /** Finishes the batch in hand, then ends. */
  stop(): Promise<void>;
};

/**
 * Moves messages from one shard's outbox to the bus until it is stopped.
 *
 * Delivery is at least once: a crash between the confirmation and our commit sends a batch again. Consumers therefore
 * deduplicate. What the bus does not confirm stays in the outbox and is tried again after `idleMs`.
 */
export const startOutboxRelay = ({ outbox, bus, idleMs, onError }: Options): OutboxRelay => {
  const stopping = new AbortController();
  let isAwake = false;
  let wakeUp = (): void => undefined;

  const idle = async (): Promise<void> => {
    if (isAwake || stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, idleMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      isAwake = false;
      const { sent } = await outbox
        .claim(BATCH_SIZE, (batch) => bus.publish(batch))
        .catch((error: unknown) => {
          onError(error);
          return { sent: 0 };
        });
      if (sent === 0) await idle();
    }
  };
  const running = run();

  return {
    wake() {
      isAwake = true;
      wakeUp();
    },
    async stop() {
      stopping.abort();
      wakeUp();
      await running;
    },
  };
};
