import { silentMeter, type Meter } from '@saas/kernel';
import { HeldStreams } from './held-streams.ts';
import type { MessageBus } from './message-bus.port.ts';
import { outboxMetrics } from './outbox-metrics.ts';
import type { Outbox } from './outbox.port.ts';

/** Large enough that consumers find company for shared transactions when there is much to do. */
const BATCH_SIZE = 500;
/** The first wait after a batch of which nothing was confirmed; doubled each time, up to `idleMs`. */
const REFUSED_MS = 50;

type Options = {
  readonly outbox: Outbox;
  readonly bus: MessageBus;
  /** How long to wait, in milliseconds, when there was nothing to do and nobody woke us. */
  readonly idleMs: number;
  readonly onError: (error: unknown) => void;
  /** Whose outbox it is, for the metrics. */
  readonly shard?: string;
  readonly meter?: Meter;
};

export type OutboxRelay = {
  /** Says that there is something to send; never blocks. */
  wake(): void;
  /** Finishes the batch in hand, then ends. */
  stop(): Promise<void>;
};

/**
 * Moves messages from one shard's outbox to the bus until it is stopped, batch after batch without a pause while the bus
 * confirms any.
 *
 * Delivery is at least once: a crash between the confirmation and our commit sends a batch again. Consumers therefore
 * deduplicate. What the bus does not confirm stays in the outbox, and its stream is held for a while: others pass, and
 * its own messages stay in order.
 */
export const startOutboxRelay = (options: Options): OutboxRelay => {
  const { outbox, bus, idleMs, onError, shard = '' } = options;
  const held = new HeldStreams();
  const count = countersOf(options, held);
  const naps = new Naps();
  let refusals = 0;

  const deliver: Parameters<Outbox['claim']>[1] = async (batch) => {
    const confirmed = await bus.publish(batch);
    held.note(batch, confirmed, performance.now());
    count.published({ shard }, confirmed.size);
    count.unconfirmed({ shard }, batch.length - confirmed.size);
    return confirmed;
  };
  const run = async (): Promise<void> => {
    while (!naps.isOver) {
      naps.begin();
      const now = performance.now();
      const outcome = await outbox.claim(BATCH_SIZE, deliver, held.waiting(now)).catch((error: unknown) => {
        count.failures({ shard });
        onError(error);
        return undefined;
      });
      const isRefused = outcome === undefined || (outcome.pending > 0 && outcome.sent === 0);
      refusals = isRefused ? refusals + 1 : 0;
      // Whoever wakes us cannot know that nothing is taken at the moment: that pause is kept.
      if (isRefused) await naps.pause(Math.min(idleMs, REFUSED_MS * 2 ** Math.min(refusals - 1, 10)));
      else if (outcome.sent === 0)
        await naps.idle(Math.min(idleMs, held.nextInMs(performance.now()) ?? idleMs));
    }
  };
  const running = run();

  return {
    wake: () => naps.wake(),
    async stop() {
      naps.end();
      await running;
    },
  };
};

const countersOf = ({ outbox, shard = '', meter = silentMeter }: Options, held: HeldStreams) => {
  const sample = (value: number) => [{ labels: { shard }, value }];
  const backlog = asked(() => outbox.backlog());
  meter.gauge(outboxMetrics.outbox_waiting_messages, async () => sample((await backlog()).waiting));
  meter.gauge(outboxMetrics.outbox_oldest_waiting_seconds, async () =>
    sample((await backlog()).oldestSeconds),
  );
  meter.gauge(outboxMetrics.outbox_leader, async () => sample((await backlog()).isLeader ? 1 : 0));
  meter.gauge(outboxMetrics.outbox_held_streams, () => sample(held.size));
  const counters = {
    published: meter.counter(outboxMetrics.outbox_published_messages_total),
    unconfirmed: meter.counter(outboxMetrics.outbox_unconfirmed_messages_total),
    failures: meter.counter(outboxMetrics.outbox_relay_failures_total),
  };
  for (const count of Object.values(counters)) count({ shard }, 0);
  return counters;
};

/** Several who ask at the same moment get one answer. */
const asked = <Answer>(ask: () => Promise<Answer>): (() => Promise<Answer>) => {
  let asking: Promise<Answer> | undefined;
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
};

/** The relay's pauses. */
class Naps {
  #isAwake = false;
  #isOver = false;
  #rouse: (() => void) | undefined;
  #isDeep = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  /** From now on whoever wakes us is heard by the next {@link idle}. */
  begin(): void {
    this.#isAwake = false;
  }

  wake(): void {
    this.#isAwake = true;
    if (!this.#isDeep) this.#rouse?.();
  }

  end(): void {
    this.#isOver = true;
    this.#rouse?.();
  }

  /** Until somebody wakes us, or has since {@link begin}. */
  async idle(ms: number): Promise<void> {
    if (!this.#isAwake) await this.#sleep(ms, false);
  }

  /** Whoever wakes us meanwhile. */
  pause(ms: number): Promise<void> {
    return this.#sleep(ms, true);
  }

  async #sleep(ms: number, isDeep: boolean): Promise<void> {
    if (this.#isOver) return;
    this.#isDeep = isDeep;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#isDeep = false;
    this.#rouse = undefined;
  }
}
