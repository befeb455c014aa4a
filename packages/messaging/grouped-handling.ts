import type { Message, Subscription } from './message-bus.port.ts';

/** How many messages one group holds, and how many groups are handled at once. */
const TOGETHER_MAX = 50;
const AT_ONCE = 4;

type Waiting = {
  readonly message: Message;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Hands messages to a subscription, those of one tenant together while others are being handled: a single message never
 * waits for company, and under load a transaction is shared by up to 50. Never more than one message of a stream may be
 * in hand; whoever calls sees to that.
 *
 * @returns a function that resolves when the message's effect is committed and rejects when its own handling failed; a
 *   group that fails is handled one by one.
 */
export const groupedHandling = (
  subscription: Pick<Subscription, 'handle' | 'handleTogether'>,
): ((message: Message) => Promise<void>) => {
  const { handle, handleTogether } = subscription;
  if (!handleTogether) return handle;
  /** By tenant, in the order of their first message. */
  const waiting = new Map<string, Waiting[]>();
  let running = 0;

  const next = (): readonly Waiting[] => {
    for (const [tenantId, all] of waiting) {
      waiting.delete(tenantId);
      // What is left goes to the end: one busy tenant must not keep the others waiting.
      if (all.length > TOGETHER_MAX) waiting.set(tenantId, all.slice(TOGETHER_MAX));
      return all.slice(0, TOGETHER_MAX);
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
  return (message) =>
    new Promise((resolve, reject) => {
      const all = waiting.get(message.tenantId) ?? [];
      waiting.set(message.tenantId, all);
      all.push({ message, resolve, reject });
      if (running < AT_ONCE) void work();
    });
};

/** Never rejects. */
const handleGroup = async (
  group: readonly Waiting[],
  handle: Subscription['handle'],
  handleTogether: NonNullable<Subscription['handleTogether']>,
): Promise<void> => {
  if (group.length > 1) {
    const messages = group.map(({ message }) => message);
    const isDone = await Promise.resolve(messages)
      .then(handleTogether)
      .then(
        () => true,
        () => false,
      );
    if (isDone) {
      for (const { resolve } of group) resolve();
      return;
    }
  }
  for (const { message, resolve, reject } of group)
    await Promise.resolve(message).then(handle).then(resolve, reject);
};
