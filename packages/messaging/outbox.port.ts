import type { Message } from './message-bus.port.ts';

export type Outbox = {
  /**
   * Hands up to `limit` pending messages to `deliver`, oldest first, and marks those sent whose ids it resolves with.
   * No other relay can claim any meanwhile; when another one leads, nothing is handed over. If `deliver` rejects, or
   * the process dies, they stay pending.
   *
   * @param except streams whose messages stay where they are this time.
   * @returns how many were handed over and how many of them are sent.
   */
  claim(
    limit: number,
    deliver: (messages: readonly Message[]) => Promise<ReadonlySet<string>>,
    except?: readonly string[],
  ): Promise<{ readonly pending: number; readonly sent: number }>;

  /** How much waits at the moment. */
  backlog(): Promise<Backlog>;
};

export type Backlog = {
  readonly waiting: number;
  /** How long ago the oldest of them was committed; 0 when none waits. */
  readonly oldestSeconds: number;
  /** Whether the relay of this process is the one that publishes. */
  readonly isLeader: boolean;
};
