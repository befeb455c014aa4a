import { isAppError } from '@saas/kernel';
import type { UpstreamAnswer, UpstreamCall } from './upstream-call.ts';

type Rule = {
  /** For people. */
  readonly what: string;
  /** The subgraph's breaker counts it as a failure. What is not counted is no success either. */
  readonly isCounted: boolean;
  /** A query is sent again, when time and budget allow it. */
  readonly isRetried: boolean;
  /** A query may be answered with the last good answer instead. */
  readonly hasFallback: boolean;
  /** What clients see: one of our codes, or what the subgraph said. */
  readonly client:
    | 'SUBGRAPH_UNAVAILABLE'
    | 'UPSTREAM_TIMEOUT'
    | 'SUBGRAPH_CIRCUIT_OPEN'
    | 'SUBGRAPH_BUSY'
    | 'REQUEST_CANCELLED'
    | 'relayed';
  /** Level of the line that each of them writes. What happens to every call while a subgraph is away is only counted. */
  readonly log: 'error' | 'warn' | 'none';
};

const unavailable = { client: 'SUBGRAPH_UNAVAILABLE', log: 'error' } as const;
const never = { isCounted: false, isRetried: false, hasFallback: false } as const;

/** Every way in which a call can fail, and what follows from it. `docs/resilience.md` shows the same table. */
export const failureKinds = {
  unreachable: {
    what: 'There is no connection: refused, no route, the name is not found.',
    isCounted: true,
    isRetried: true,
    hasFallback: true,
    ...unavailable,
  },
  connection_lost: {
    what: 'The connection was closed or reset before the answer was whole.',
    isCounted: true,
    isRetried: true,
    hasFallback: true,
    ...unavailable,
  },
  insecure: {
    what: 'TLS: a certificate that is not trusted, no common protocol.',
    isCounted: true,
    isRetried: false,
    hasFallback: true,
    ...unavailable,
  },
  failing: {
    what: 'A status of 500 or more, from whoever answered; no GraphQL.',
    isCounted: true,
    isRetried: true,
    hasFallback: true,
    ...unavailable,
  },
  failing_graphql: {
    what: 'A status of 500 or more with GraphQL errors.',
    isCounted: true,
    isRetried: true,
    hasFallback: false,
    client: 'relayed',
    log: 'none',
  },
  unusable: {
    what: 'A redirect; no JSON, no GraphQL; other entities than were asked for; an encoding nobody asked for.',
    isCounted: true,
    isRetried: false,
    hasFallback: true,
    ...unavailable,
  },
  too_large: {
    what: 'More bytes than are read (`response_bytes_max`).',
    isCounted: true,
    isRetried: false,
    hasFallback: true,
    ...unavailable,
  },
  late: {
    what: 'No whole answer within `timeout_ms`.',
    isCounted: true,
    isRetried: false,
    hasFallback: true,
    client: 'UPSTREAM_TIMEOUT',
    log: 'warn',
  },
  hurried: {
    what: 'No whole answer in what the request had left, which was less than half of `timeout_ms`.',
    isCounted: false,
    isRetried: false,
    hasFallback: true,
    client: 'UPSTREAM_TIMEOUT',
    log: 'warn',
  },
  throttled: {
    what: 'Status 429 without GraphQL: we ask too often.',
    isCounted: false,
    isRetried: false,
    hasFallback: true,
    ...unavailable,
  },
  refused: { what: 'Any other status from 400 to 499 without GraphQL.', ...never, ...unavailable },
  graphql_errors: {
    what: 'GraphQL errors with a status under 500.',
    ...never,
    client: 'relayed',
    log: 'none',
  },
  circuit_open: {
    what: 'Not sent: the breaker is open.',
    isCounted: false,
    isRetried: false,
    hasFallback: true,
    client: 'SUBGRAPH_CIRCUIT_OPEN',
    log: 'none',
  },
  busy: {
    what: 'Not sent: as many calls as may be are on their way, and as many wait.',
    isCounted: false,
    isRetried: false,
    hasFallback: true,
    client: 'SUBGRAPH_BUSY',
    log: 'none',
  },
  cancelled: { what: 'The client has left.', ...never, client: 'REQUEST_CANCELLED', log: 'none' },
  unforeseen: { what: 'Anything else: a mistake of our own.', ...never, ...unavailable },
} as const satisfies Readonly<Record<string, Rule>>;

export type FailureKind = keyof typeof failureKinds;
/** Those that come as an answer, and reach the client as such. */
export type SaidFailure = 'failing_graphql' | 'graphql_errors';
/** Those that a call throws. */
export type ThrownFailure = Exclude<FailureKind, SaidFailure>;

/** What the call threw. */
export const failureKindOf = (
  error: unknown,
  { isHurried }: Pick<UpstreamCall, 'isHurried'>,
): ThrownFailure => {
  if (isAppError(error)) {
    if (error.code === 'UPSTREAM_TIMEOUT') return isHurried ? 'hurried' : 'late';
    if (error.code === 'SUBGRAPH_ANSWER_UNUSABLE') return kindOfStatus(error.fields['status']);
    return OURS.get(error.code) ?? 'unforeseen';
  }
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? kindOfCode(code) : 'unforeseen';
};

/** What is wrong with an answer that came; undefined when nothing is. */
export const failureKindOfAnswer = ({
  status,
  errors,
}: Pick<UpstreamAnswer, 'status' | 'errors'>): SaidFailure | undefined => {
  if (status >= 500) return 'failing_graphql';
  return errors.length === 0 ? undefined : 'graphql_errors';
};

const OURS: ReadonlyMap<string, ThrownFailure> = new Map([
  ['SUBGRAPH_ANSWER_TOO_LARGE', 'too_large'],
  ['SUBGRAPH_CIRCUIT_OPEN', 'circuit_open'],
  ['SUBGRAPH_BUSY', 'busy'],
  ['REQUEST_CANCELLED', 'cancelled'],
]);

const kindOfStatus = (status: unknown): ThrownFailure => {
  if (typeof status !== 'number' || status < 400) return 'unusable';
  if (status >= 500) return 'failing';
  return status === 429 ? 'throttled' : 'refused';
};

/** Codes of sockets, of the resolver of names, of TLS, of undici and its parser. */
const kindOfCode = (code: string): ThrownFailure => {
  if (LOST.has(code)) return 'connection_lost';
  if (LATE.has(code)) return 'late';
  if (UNREACHABLE.test(code)) return 'unreachable';
  if (INSECURE.test(code)) return 'insecure';
  return code.startsWith('HPE_') || GARBLED.has(code) ? 'unusable' : 'unforeseen';
};

const LOST: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNABORTED', 'EPIPE']);
const LATE: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);
const GARBLED: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RESPONSE',
]);
const UNREACHABLE =
  /^(?:ECONNREFUSED|E(?:HOST|NET)(?:UNREACH|DOWN)|EADDRNOTAVAIL|ENOTFOUND|EAI_\w+|ETIMEOUT|ESERVFAIL|EREFUSED)$/;
const INSECURE =
  /^(?:ERR_(?:TLS|SSL)_.+|CERT_.+|DEPTH_ZERO_.+|SELF_SIGNED_.+|UNABLE_TO_.+|EPROTO|HOSTNAME_MISMATCH)$/;
