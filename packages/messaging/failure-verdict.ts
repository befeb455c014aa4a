import { AppError, isAppError } from '@saas/kernel';
import type { KeptFailure } from './parked-messages.port.ts';

/** How often, and how far apart, a message is tried. */
export type MessageRetries = {
  /** Handlings altogether, an integer from 1. */
  readonly attemptsMax: number;
  /** Milliseconds: the longest wait after the first failure; doubled after each further one. */
  readonly baseMs: number;
  /** No wait is longer than this, in milliseconds. */
  readonly maxMs: number;
};

/**
 * What a failed handling means for its message. `early`: an earlier one of its stream is missing. `away`: the database, or
 * whoever has to be told, cannot be reached, which says nothing about the message.
 */
export type Verdict =
  | { readonly status: 'done' }
  | { readonly status: 'early' }
  | { readonly status: 'away' }
  | { readonly status: 'dead' }
  | { readonly status: 'retry'; readonly waitMs: number };

/**
 * Judges a failure. What can never succeed as it is (an operator's code that is not retryable: a malformed body, an
 * unknown version) is dead at once; anything else after `attemptsMax` tries, but for a database that took too long: it says
 * nothing about the message. Waits have full jitter, so that those who failed together do not come back together.
 *
 * @param attempts handlings that have failed, this one included.
 * @param chance from 0 to 1.
 */
export const verdictOn = (
  error: unknown,
  attempts: number,
  { attemptsMax, baseMs, maxMs }: MessageRetries,
  chance: number,
): Verdict => {
  if (isAppError(error, 'MESSAGE_ALREADY_RECEIVED')) return { status: 'done' };
  if (isAppError(error, 'MESSAGE_EARLY')) return { status: 'early' };
  if (AWAY.some((code) => isAppError(error, code))) return { status: 'away' };
  if (isHopeless(error) || (attempts >= attemptsMax && !isSlowness(error))) return { status: 'dead' };
  return { status: 'retry', waitMs: Math.round(chance * Math.min(maxMs, baseMs * 2 ** (attempts - 1))) };
};

const AWAY = ['DATABASE_UNAVAILABLE', 'PERMISSION_CHANGE_UNTOLD'];

const TEXT_LENGTH_MAX = 300;

/**
 * The failure as it may be kept for operators. The words of one that we foresaw are ours; those of any other may quote
 * personal data, so of such a one only its name, its code and where it was thrown are kept.
 */
export const keptFailure = (error: unknown): KeptFailure => {
  if (error instanceof AppError) {
    const fields = Object.keys(error.fields).length > 0 ? ` ${JSON.stringify(error.fields)}` : '';
    return { code: error.code, text: bounded(`${error.message}${fields}`) };
  }
  if (!(error instanceof Error)) return { code: 'UNKNOWN', text: 'Something was thrown that is no error.' };
  const { code } = error as { readonly code?: unknown };
  const named = typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? ` ${code}` : '';
  const place = /([\w.-]+\.[cm]?[jt]s:\d+)/.exec(error.stack?.slice(error.message.length) ?? '')?.[1];
  return { code: 'UNEXPECTED', text: bounded(`${error.name}${named}${place ? ` at ${place}` : ''}`) };
};

const isSlowness = (error: unknown): boolean => isAppError(error, 'DATABASE_TIMEOUT');

const isHopeless = (error: unknown): boolean =>
  error instanceof AppError && error.definition.audience === 'operator' && !error.definition.retryable;

const bounded = (text: string): string =>
  text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX - 1)}…`;
