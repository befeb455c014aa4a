/** `degraded` serves, but not as well as it should. */
export type HealthStatus = 'up' | 'degraded' | 'down';

/** Numbers, flags and short words; never an address, a host's name or a secret, for anybody may read them. */
export type HealthDetails = Readonly<Record<string, string | number | boolean | null>>;

/** One of several things behind a source, for example a database node with its role and lag. */
export type HealthPart = {
  readonly name: string;
  readonly status: HealthStatus;
  readonly details?: HealthDetails;
};

/** What a source says of itself. */
export type HealthReport = {
  readonly status: HealthStatus;
  readonly details?: HealthDetails;
  readonly parts?: readonly HealthPart[];
};

/** Something we stand on, and how to find out whether it carries. */
export type HealthSource = {
  readonly name: string;
  /** Whether we cannot serve without it; true unless said otherwise. */
  readonly isCritical?: boolean;
  /**
   * How it is now. A failure counts as `down`. The signal aborts when nobody waits for the answer any more; a check that
   * ignores it is not begun again before it has ended.
   */
  readonly check: (signal: AbortSignal) => Promise<HealthReport>;
};
