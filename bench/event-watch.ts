import type { StreamId } from '@saas/event-sourcing';
import { waitUntil } from '@saas/local-stack';
import type { Message, MessageBus } from '@saas/messaging';

export type EventWatch = {
  /** Passes everything on, and notes when the effects of the watched queue are committed. */
  readonly bus: MessageBus;
  /** That many messages of the stream were just committed. */
  readonly committed: (stream: StreamId, count: number) => void;
  readonly reset: () => void;
  /** Resolves when everything committed has had its effect. @returns when the last one had. */
  readonly settled: () => Promise<number>;
  /** From commit to effect, of each message; 0 when the effect was quicker than the answer to the commit. */
  readonly latenciesMs: () => readonly number[];
  /** How many transactions the effects took. */
  readonly transactions: () => number;
};

/** Watches how long messages take to have their effect at one queue. */
export const eventWatch = (bus: MessageBus, queue: string): EventWatch => {
  const commits = new Map<string, { readonly count: number; readonly atMs: number }>();
  const effects: { readonly stream: string; readonly atMs: number }[] = [];
  let transactions = 0;
  let expected = 0;
  const note = (messages: readonly Message[]): void => {
    const atMs = performance.now();
    transactions += 1;
    for (const { stream } of messages) effects.push({ stream, atMs });
  };
  const ours = () => effects.filter(({ stream }) => commits.has(stream));
  return {
    bus: {
      publish: (messages) => bus.publish(messages),
      subscribe: ({ handleTogether, handle, ...rest }) =>
        bus.subscribe({
          ...rest,
          handle: async (message) => {
            await handle(message);
            if (rest.queue === queue) note([message]);
          },
          ...(handleTogether && {
            handleTogether: async (messages) => {
              await handleTogether(messages);
              if (rest.queue === queue) note(messages);
            },
          }),
        }),
    },
    committed: (stream, count) => {
      expected += count;
      commits.set(stream, { count, atMs: performance.now() });
    },
    reset: () => {
      commits.clear();
      effects.length = 0;
      transactions = 0;
      expected = 0;
    },
    settled: async () => {
      await waitUntil('every effect', () => effects.length >= expected && ours().length >= expected, {
        timeoutMs: 300_000,
      });
      return effects.at(-1)?.atMs ?? performance.now();
    },
    latenciesMs: () =>
      effects.flatMap(({ stream, atMs }) => {
        const commit = commits.get(stream);
        return commit ? [Math.max(0, atMs - commit.atMs)] : [];
      }),
    transactions: () => Math.max(1, transactions),
  };
};
