import type { Message, Subscription } from './message-bus.port.ts';

/** How many messages one group holds, and how many groups are handled at once. */
export const TOGETHER_MAX = 50;
const AT_ONCE = 4;

/** Messages of one stream, one right after the other. */
export type Run = readonly Message[];

/** How a run fared: its first `handled` messages have had their effect, the next one failed, the others were not tried. */
export type RunOutcome = { readonly handled: number; readonly failure?: { readonly error: unknown } };

type Waiting = { readonly run: Run; readonly resolve: (outcome: RunOutcome) => void };

/** How many messages of a stream may be handed to {@link groupedHandling} as one run. */
export const runLengthMax = ({ handleTogether, takesSuccessors }: Subscription): number =>
  handleTogether && takesSuccessors === true ? TOGETHER_MAX : 1;

/**
 * Hands messages to a subscription, those of one tenant together while others are being handled: a single message never
 * waits for company, and under load a transaction is shared by up to 50. Never more than one run of a stream may be in
 * hand, and none longer than {@link runLengthMax}; whoever calls sees to that.
 *
 * @returns a function that resolves when the run's effects are committed, as far as it could be handled; a group that fails
 *   is handled one by one. It never rejects.
 */
export const groupedHandling = (
  subscription: Pick<Subscription, 'handle' | 'handleTogether'>,
): ((run: Run) => Promise<RunOutcome>) => {
  const { handle, handleTogether } = subscription;
  if (!handleTogether) return (run) => oneByOne(run, handle);
  /** By tenant, in the order of their first message. */
  const waiting = new Map<string, Waiting[]>();
  let running = 0;

  const next = (): readonly Waiting[] => {
    for (const [tenantId, all] of waiting) {
      const count = fittingOf(all);
      waiting.delete(tenantId);
      // What is left goes to the end: one busy tenant must not keep the others waiting.
      if (all.length > count) waiting.set(tenantId, all.slice(count));
      return all.slice(0, count);
    }
    return [];
  };
  const work = async (): Promise<void> => {
    running += 1;
    // What arrives in the same moment is handled together.
    await Promise.resolve();
    for (let group = next(); group.length > 0; group = next())
      await handleGroup(group, handle, handleTogether);
    running -= 1;
  };
  return (run) =>
    new Promise((resolve) => {
      const tenantId = run[0]?.tenantId ?? '';
      const all = waiting.get(tenantId) ?? [];
      waiting.set(tenantId, all);
      all.push({ run, resolve });
      if (running < AT_ONCE) void work();
    });
};

/** How many of the runs make up a group: at least one, and together no more than {@link TOGETHER_MAX} messages. */
const fittingOf = (all: readonly Waiting[]): number => {
  let messages = 0;
  const tooMuch = all.findIndex(({ run }) => (messages += run.length) > TOGETHER_MAX);
  return tooMuch === -1 ? all.length : Math.max(1, tooMuch);
};

/** Never rejects. */
const handleGroup = async (
  group: readonly Waiting[],
  handle: Subscription['handle'],
  handleTogether: NonNullable<Subscription['handleTogether']>,
): Promise<void> => {
  const messages = group.flatMap(({ run }) => run);
  if (messages.length > 1) {
    const isDone = await Promise.resolve(messages)
      .then(handleTogether)
      .then(
        () => true,
        () => false,
      );
    if (isDone) {
      for (const { run, resolve } of group) resolve({ handled: run.length });
      return;
    }
  }
  for (const { run, resolve } of group) resolve(await oneByOne(run, handle));
};

/** Ends with the first that fails: those behind it are its stream's. */
const oneByOne = async (run: Run, handle: Subscription['handle']): Promise<RunOutcome> => {
  for (const [handled, message] of run.entries()) {
    try {
      await handle(message);
    } catch (error) {
      return { handled, failure: { error } };
    }
  }
  return { handled: run.length };
};
