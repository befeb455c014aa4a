import type { PublicFields } from '@saas/kernel';
import { incidentId as newIncidentId, type RequestLogger } from '@saas/telemetry';
import { httpErrors } from '../http/http.errors.ts';
import type { ClientError } from '../http/to-client-error.ts';
import { isMark } from './error-codes.ts';
import { isRevealing, TEXT_LENGTH_MAX } from './revealing-text.ts';
import { upstreamErrors } from './upstream.errors.ts';

/**
 * Which of a subgraph's errors clients may read.
 *
 * - `marked`: those that their author marked, by a code of their own in capitals. Safe for subgraphs nobody has looked at.
 * - a list: those with one of these codes.
 * - `relay`: all; one without a mark gets the code `SUBGRAPH_ERROR`.
 * - `mask`: none.
 *
 * Under each of them a message that shows something of the inside is masked.
 */
export type ErrorRule = 'marked' | 'relay' | 'mask' | readonly string[];

/** More errors than a person will read; the rest is counted in the log. */
const ERRORS_MAX = 100;
const LOGGED_MAX = 10;
const LOGGED_CHARACTERS_MAX = 4_000;
const FIELDS_MAX = 16;
const FIELD_LENGTH_MAX = 200;
const PATH_LENGTH_MAX = 100;

/** Parts of the names of fields that frameworks add and clients have no business with. */
const PRIVATE_FIELD =
  /^(?:code|serviceName|service|body|query|status|statusCode|path|ip|address|port|env|file|cause|__proto__)$|stack|trace|original|exception|debug|internal|http|header|cookie|host|url|uri|sql|password|secret|authorization|response|request|document|variables/i;

/**
 * What a client may learn of a subgraph's errors: of those that `rule` lets through the message, the path, the code and
 * flat public fields. All others are masked under one incident id, by which the log has them. An error that the subgraph
 * masked itself keeps its incident id.
 *
 * @param errors as the subgraph wrote them, of any shape.
 */
export const relayErrors = (
  errors: readonly unknown[],
  subgraph: string,
  rule: ErrorRule,
  logger: RequestLogger,
): readonly ClientError[] => {
  const masked: unknown[] = [];
  const incidentId = newIncidentId();
  const told = errors.slice(0, ERRORS_MAX).map((value) => {
    const error = readError(value);
    const ownIncident = incidentOf(error);
    const relayed = ownIncident === undefined ? relayedBy(rule, error) : undefined;
    if (relayed === undefined) masked.push(value);
    return { ...(relayed ?? maskedAs(ownIncident ?? incidentId)), ...(error.path && { path: error.path }) };
  });
  if (masked.length > 0) logMasked(masked, { subgraph, incidentId, errors: errors.length }, logger);
  else if (errors.length > ERRORS_MAX)
    logger.warn({ subgraph, errors: errors.length }, 'errors were left out');
  return told;
};

type SubgraphError = {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: Fields;
};
type Fields = Readonly<Record<string, unknown>>;

const relayedBy = (rule: ErrorRule, error: SubgraphError): ClientError | undefined => {
  const { message, extensions } = error;
  const { code } = extensions;
  if (!isOpen(rule, error) || isRevealing(message)) return undefined;
  const isNamed = isMark(code) || typeof rule !== 'string';
  return {
    message: message.slice(0, TEXT_LENGTH_MAX) || upstreamErrors.definitions.SUBGRAPH_ERROR.message,
    extensions: { ...publicFields(extensions), code: isNamed ? String(code) : 'SUBGRAPH_ERROR' },
  };
};

const isOpen = (rule: ErrorRule, { path, extensions: { code } }: SubgraphError): boolean => {
  if (rule === 'relay' || rule === 'mask') return rule === 'relay';
  if (rule !== 'marked') return rule.some((each) => each === code);
  // Without a path it is about the gateway's request; a resolver says it of the client's input.
  return isMark(code) && (code !== 'BAD_REQUEST' || path !== undefined);
};

const maskedAs = (incidentId: string): ClientError => {
  const { message, retryable } = httpErrors.definitions.INTERNAL_SERVER_ERROR;
  return { message, extensions: { code: 'INTERNAL_SERVER_ERROR', retryable, incidentId } };
};

/** The incident under which the subgraph has logged what it masked itself. */
const incidentOf = ({ extensions: { code, incidentId } }: SubgraphError): string | undefined =>
  code === 'INTERNAL_SERVER_ERROR' && typeof incidentId === 'string' && /^inc_[\w-]{1,60}$/.test(incidentId)
    ? incidentId
    : undefined;

const publicFields = (extensions: Fields): PublicFields => {
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(extensions).slice(0, FIELDS_MAX)) {
    if (!/^[A-Za-z]\w{0,63}$/.test(name) || PRIVATE_FIELD.test(name)) continue;
    if (typeof value === 'number' || typeof value === 'boolean') fields[name] = value;
    if (typeof value === 'string' && value.length <= FIELD_LENGTH_MAX && !isRevealing(value))
      fields[name] = value;
  }
  return fields;
};

const logMasked = (masked: readonly unknown[], details: Fields, logger: RequestLogger): void => {
  const subgraphErrors = masked.slice(0, LOGGED_MAX).map((error) => {
    const json = JSON.stringify(error) as string | undefined;
    // Cut as text: half of an object is of use to nobody.
    return (json ?? '').length > LOGGED_CHARACTERS_MAX ? json?.slice(0, LOGGED_CHARACTERS_MAX) : error;
  });
  logger.error({ ...details, masked: masked.length, subgraphErrors }, 'a failure was masked');
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readError = (value: unknown): SubgraphError => {
  const { message, path, extensions } = isFields(value) ? value : {};
  return {
    message: typeof message === 'string' ? message : '',
    path: isPath(path) ? path : undefined,
    extensions: isFields(extensions) ? extensions : {},
  };
};

/** Response keys and places in lists. */
const isPath = (path: unknown): path is (string | number)[] =>
  Array.isArray(path) && path.length <= PATH_LENGTH_MAX && path.every(isStep);

const isStep = (step: unknown): boolean =>
  typeof step === 'number'
    ? Number.isSafeInteger(step) && step >= 0
    : typeof step === 'string' && /^[_A-Za-z]\w{0,255}$/.test(step);
