import type { NotificationChannel, DigestWindow } from '../notification/notification.values.ts';

/** A way that leads out of this service, and may therefore fail. */
export type DeliveryChannel = Exclude<NotificationChannel, 'IN_APP'>;

/** `gathering` may still be joined by others; `sent`, `failed` and `withheld` last. */
export const deliveryStates = ['gathering', 'waiting', 'sending', 'sent', 'failed', 'withheld'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

const HOUR_MS = 60 * 60_000;
const windowMs: Readonly<Record<DigestWindow, number>> = {
  IMMEDIATELY: 0,
  HOURLY: HOUR_MS,
  DAILY: 24 * HOUR_MS,
};

/** When what was made at `at` goes out, ISO-8601: a digest's window begins with its first notification. */
export const dueAt = (at: string, window: DigestWindow): string =>
  new Date(Date.parse(at) + windowMs[window]).toISOString();

/**
 * The id of the delivery that a notification begins. Receivers may take it for an idempotency key: it is the same for
 * every attempt, and no other delivery has it.
 */
export const deliveryIdOf = (notificationId: string, channel: DeliveryChannel): string =>
  `${notificationId}-${channel.toLowerCase()}`;

/** How a delivery that failed is tried again. */
export type DeliveryRetries = {
  /** Attempts altogether; an integer from 1. */
  readonly attemptsMax: number;
  /** Milliseconds that the first pause may last; each later one may be twice as long. */
  readonly baseMs: number;
  /** No pause is longer, in milliseconds. */
  readonly maxMs: number;
};

/**
 * Milliseconds to wait after the given failed attempt, all of it by chance, so that deliveries that failed together do not come
 * back together.
 *
 * @param attempt from 1.
 * @param chance from 0 to 1.
 */
export const pauseMs = (
  { baseMs, maxMs }: Pick<DeliveryRetries, 'baseMs' | 'maxMs'>,
  attempt: number,
  chance: number,
): number => Math.round(Math.min(maxMs, baseMs * 2 ** (attempt - 1)) * chance);
