import type { Message } from './message-bus.port.ts';
import type { Outbox } from './outbox.port.ts';

/** An outbox over a list that someone else appends to, such as the memory event store's. */
export const memoryOutbox = (messages: readonly Message[]): Outbox => {
  const sent = new Set<string>();
  let leader: Promise<unknown> | undefined;
  const waiting = () => messages.filter(({ id }) => !sent.has(id));
  return {
    async claim(limit, deliver, except = []) {
      if (leader) return { pending: 0, sent: 0 };
      const batch = waiting()
        .filter(({ stream }) => !except.includes(stream))
        .slice(0, limit);
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
    // A list does not know when its messages came.
    backlog: async () => ({ waiting: waiting().length, oldestSeconds: 0, isLeader: true }),
  };
};
