import type { CallMeter } from './call-meter.ts';
import { failureKindOf, failureKindOfAnswer } from './failure-kinds.ts';
import type { Layer } from './upstream-call.ts';

/** Counts how calls end and how long they take. */
export const meteredLayer =
  (meter: CallMeter, nowMs: () => number = () => performance.now()): Layer =>
  (send) =>
  async (call) => {
    const beganAtMs = nowMs();
    try {
      const answer = await send(call);
      meter.ended(call, failureKindOfAnswer(answer) ?? 'answered', nowMs() - beganAtMs);
      return answer;
    } catch (error) {
      meter.ended(call, failureKindOf(error, call), nowMs() - beganAtMs);
      throw error;
    }
  };
