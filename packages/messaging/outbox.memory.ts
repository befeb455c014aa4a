import type { Message } from './message-bus.port.ts';
import type { Outbox } from './outbox.port.ts';

/** An outbox over a list that someone else appends to, such as the memory event store's. */
export const memoryOutbox = (messages: readonly Message[]): Outbox => {
  const sent = new Set<string>();
  let leader: Promise<unknown> | undefined;
  return {
    async claim(limit, deliver) {
      if (leader) return { pending: 0, sent: 0 };
      const batch = messages.filter(({ id }) => !sent.has(id)).slice(0, limit);
      if (batch.length === 0) return { pending: 0, sent: 0 };
      const delivering = deliver(batch);
      leader = delivering;
      try {
        const confirmed = await delivering;
        for (const id of confirmed) sent.add(id);
        return { pending: batch.length, sent: confirmed.size };
      } finally {
        leader = undefined;
      }
    },
  };
};
