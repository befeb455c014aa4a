import { ConfigError, count, countOrNone, flag, milliseconds, text } from '@saas/config';

/** How much is served at once, and what becomes of the rest: part of the gateway's settings. */
export const overloadSettings = {
  OVERLOAD_CONTROL: flag()
    .default(true)
    .describe('Refuses what is too much, early and fairly, so that what is served stays quick.'),
  OVERLOAD_OPERATIONS_MIN: count()
    .default(64)
    .describe('Operations at once that are never too many. How many are is measured.'),
  OVERLOAD_OPERATIONS_START: count()
    .default(128)
    .describe(
      'Operations at once as long as nothing is wrong; more when they are needed and as quick as usual.',
    ),
  OVERLOAD_OPERATIONS_MAX: count().default(2_000).describe('Operations at once at most.'),
  OVERLOAD_QUEUE_MAX: count()
    .default(1_000)
    .describe('Operations that wait for their turn; a tenant may have an equal part of them.'),
  OVERLOAD_QUEUE_MS_MAX: milliseconds()
    .default(1_000)
    .describe('How long an operation of a burst waits for its turn at most; much less when it is no burst.'),
  OVERLOAD_LOOP_DELAY_MS_MAX: milliseconds()
    .default(200)
    .describe(
      'Delay of the event loop from which on, after half a second of it, requests are refused unread.',
    ),
  OVERLOAD_UNREADY_AFTER_MS: countOrNone()
    .default(5_000)
    .describe(
      'After so long of refusing a tenth or more, `/health/ready` says no until it is over for as long; 0: never.',
    ),
  OVERLOAD_ADDRESS_HEADER: text()
    .optional()
    .describe(
      'Header in which a proxy of ours puts the client’s address, such as `x-forwarded-for`; its last entry counts. The address of the connection unless set.',
    ),
};

export type OverloadConfig = {
  readonly OVERLOAD_CONTROL: boolean;
  readonly OVERLOAD_OPERATIONS_MIN: number;
  readonly OVERLOAD_OPERATIONS_START: number;
  readonly OVERLOAD_OPERATIONS_MAX: number;
  readonly OVERLOAD_QUEUE_MAX: number;
  readonly OVERLOAD_QUEUE_MS_MAX: number;
  readonly OVERLOAD_LOOP_DELAY_MS_MAX: number;
  readonly OVERLOAD_UNREADY_AFTER_MS: number;
  readonly OVERLOAD_ADDRESS_HEADER?: string | undefined;
};

/** @throws {ConfigError} when the operations at once contradict one another. */
export const holdOverloadSettings = (config: OverloadConfig): void => {
  const { OVERLOAD_OPERATIONS_MIN: min, OVERLOAD_OPERATIONS_START: start } = config;
  const problems = [
    ...(min > start ? ['GATEWAY_OVERLOAD_OPERATIONS_MIN: is above GATEWAY_OVERLOAD_OPERATIONS_START'] : []),
    ...(start > config.OVERLOAD_OPERATIONS_MAX
      ? ['GATEWAY_OVERLOAD_OPERATIONS_START: is above GATEWAY_OVERLOAD_OPERATIONS_MAX']
      : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
};
