import { setTimeout as delay } from 'node:timers/promises';
import { localStackErrors } from './local-stack.errors.ts';

/**
 * Asks `condition` again and again until it answers with something other than `undefined` or `false`, and resolves with that.
 *
 * @param timeoutMs milliseconds from the call; the condition is asked at least once.
 * @param intervalMs milliseconds between an answer and the next question.
 * @throws {AppError} `CONDITION_TIMEOUT` with `waitedFor` when the time ran out.
 * @throws whatever `condition` throws, at once.
 */
export const waitUntil = async <Answer>(
  waitedFor: string,
  condition: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  { timeoutMs = 20_000, intervalMs = 10 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Answer> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw localStackErrors.CONDITION_TIMEOUT({ waitedFor, timeoutMs });
    await delay(intervalMs);
  }
};
