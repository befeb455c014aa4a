/** What one writer asked for, and what it was told in the end. */
export type Attempt = {
  readonly operation: string;
  /** How many events each stream was to get: all of them in one transaction, or none. */
  readonly parts: readonly { readonly stream: string; readonly events: number }[];
  /** `unknown`: the answer was lost, and the writer never asked again. */
  readonly told: 'done' | 'refused' | 'unknown';
};

/** An event of the source, each of which is announced by one message. */
export type WrittenEvent = {
  readonly stream: string;
  readonly version: number;
  readonly operation: string;
  /** The stream's total as the writer saw it when it decided. */
  readonly before: number;
  readonly amount: number;
};

/** An announcement in the source's outbox. */
export type Announced = {
  readonly messageId: string;
  readonly stream: string;
  readonly sequence: number;
  readonly operation: string;
  readonly isSent: boolean;
};

/** A row that the consumer wrote because of a message. */
export type Effect = {
  readonly messageId: string;
  readonly stream: string;
  readonly sequence: number;
  readonly operation: string;
  /** Rows of one stream have ascending positions in the order in which they were written. */
  readonly position: number;
};

/** All that is known once everything has come to rest. */
export type History = {
  readonly attempts: readonly Attempt[];
  readonly events: readonly WrittenEvent[];
  readonly messages: readonly Announced[];
  readonly effects: readonly Effect[];
};
