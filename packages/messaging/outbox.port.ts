import type { Message } from './message-bus.port.ts';

export type Outbox = {
  /**
   * Hands up to `limit` pending messages to `deliver`, oldest first, and marks those sent whose ids it resolves with.
   * No other relay can claim any meanwhile; when another one leads, nothing is handed over. If `deliver` rejects, or
   * the process dies, they stay pending.
   *
   * @returns how many were handed over and how many of them are sent.
   */
  claim(
    limit: number,
    deliver: (messages: readonly Message[]) => Promise<ReadonlySet<string>>,
  ): Promise<{ readonly pending: number; readonly sent: number }>;
};
