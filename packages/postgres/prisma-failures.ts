import { isAppError } from '@saas/kernel';
import { postgresErrors } from './postgres.errors.ts';

type Failure = 'unreachable' | 'conflict' | 'timeout' | 'other';

// Prisma error reference: cannot reach, timed out reaching, connection closed, pool exhausted, too many connections.
const UNREACHABLE = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);
// What the driver adapter calls a connection that was refused, broke, or was never answered.
const UNREACHABLE_KIND = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
// PostgreSQL Appendix A: classes 08 (connection), 57P (shutdown, crash, cannot connect now) and 53300 (too many).
const UNREACHABLE_STATE = /^(08...|57P0[1-5]|53300)$/;
// 40001 serialization failure (on a replica: conflict with recovery), 40P01 deadlock.
const CONFLICT_STATE = new Set(['40001', '40P01']);
// 57014 query cancelled (statement time-out), 55P03 lock not available, 25P03 idle in transaction.
const TIMEOUT_STATE = new Set(['57014', '55P03', '25P03']);
// Failures of the pool and the socket arrive as plain errors without a code.
const UNREACHABLE_TEXT =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|ECONNREFUSED|ECONNRESET|EPIPE|Can't reach database/;

/** What a failure of Prisma, the driver or the server means for us. */
export const failureOf = (error: unknown): Failure => {
  for (let each: unknown = error, depth = 0; isRecord(each) && depth < 5; depth += 1) {
    const kind = kindOf(each);
    if (kind !== 'other') return kind;
    each = each['cause'] ?? metaCause(each);
  }
  return 'other';
};

/** Foreseen failures of the database as coded errors; anything else unchanged. */
export const toDatabaseError = (error: unknown): unknown => {
  if (isAppError(error)) return error;
  const failure = failureOf(error);
  if (failure === 'unreachable') return postgresErrors.DATABASE_UNAVAILABLE({}, error);
  return failure === 'timeout' ? postgresErrors.DATABASE_TIMEOUT({}, error) : error;
};

const kindOf = (error: Record<string, unknown>): Failure => {
  const code = textOf(error['originalCode']) || textOf(error['code']);
  if (UNREACHABLE.has(code) || UNREACHABLE_STATE.test(code)) return 'unreachable';
  if (UNREACHABLE_KIND.has(textOf(error['kind']))) return 'unreachable';
  if (CONFLICT_STATE.has(code) || code === 'P2034') return 'conflict';
  if (TIMEOUT_STATE.has(code) || code === 'P2028') return 'timeout';
  const message = textOf(error['message']);
  if (message.includes('Query read timeout')) return 'timeout';
  return code === '' || code.startsWith('E')
    ? UNREACHABLE_TEXT.test(`${code} ${message}`)
      ? 'unreachable'
      : 'other'
    : 'other';
};

const metaCause = ({ meta }: Record<string, unknown>): unknown => {
  const adapterError = isRecord(meta) ? meta['driverAdapterError'] : undefined;
  return isRecord(adapterError) ? (adapterError['cause'] ?? adapterError) : undefined;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
