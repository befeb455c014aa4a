import { setTimeout as pauseFor } from 'node:timers/promises';
import type pg from 'pg';
import { requestCancel } from './cancel-request.ts';
import { requirePatience, watchPatience, type Patience } from './patience.ts';

/** Between two statements of the work there is nothing to cancel; so it is asked for again. */
const PAUSE_MS = 20;
const ATTEMPTS_MAX = 100;

/**
 * Runs `work`, and when patience ends before it does, cancels its statements until it has ended.
 *
 * Settles only when every cancel request has been answered: whatever is sent over the connection afterwards, the end of the
 * transaction first of all, cannot be hit by one of them. A connection of which that is not certain is closed.
 *
 * @param client the connection that serves the work's transaction, and nobody else meanwhile. Unknown: it cannot be cancelled.
 * @throws {AppError} what {@link watchPatience} tells, also when the work has succeeded after all: nothing of it may be
 *   committed.
 */
export const watchedWork = async <Result>(
  client: pg.ClientBase | undefined,
  patience: Patience,
  work: () => Promise<Result>,
): Promise<Result> => {
  requirePatience(patience);
  const state: WorkState = { isDone: false, gaveUp: undefined };
  let cancelling: Promise<void> | undefined;
  const unwatch = watchPatience(patience, (reason) => {
    state.gaveUp ??= { reason };
    if (client) cancelling ??= cancelUntilDone(client, state);
  });
  try {
    const result = await work();
    if (state.gaveUp) throw state.gaveUp.reason;
    return result;
  } catch (error) {
    throw state.gaveUp ? state.gaveUp.reason : error;
  } finally {
    state.isDone = true;
    unwatch();
    await cancelling;
  }
};

type WorkState = { isDone: boolean; gaveUp: { readonly reason: unknown } | undefined };

/** Never fails: a connection that cannot be cancelled is closed, which ends the work as well. */
const cancelUntilDone = async (client: pg.ClientBase, state: WorkState): Promise<void> => {
  try {
    for (let attempt = 1; !state.isDone; attempt += 1) {
      if (attempt > ATTEMPTS_MAX) throw new Error('The work goes on although its statements are cancelled.');
      await requestCancel(client);
      if (!state.isDone) await pauseFor(PAUSE_MS);
    }
  } catch {
    // Whoever uses it next learns that it is closed, and the pool drops it.
    (client as pg.Client).end().catch(() => undefined);
  }
};
