import { constants } from 'node:os';

/**
 * Whether an error's code says that its author wrote the error for clients: a word in capitals that is neither a
 * framework's word for "something was thrown" nor the code of a runtime, a driver or a database.
 */
export const isMark = (code: unknown): code is string =>
  typeof code === 'string' &&
  /^[A-Z][A-Z0-9_]{1,63}$/.test(code) &&
  !UNFORESEEN.test(code) &&
  !TECHNICAL.test(code) &&
  !SYSTEM_CODES.has(code);

/** Frameworks' words for what nobody foresaw. */
const UNFORESEEN =
  /^(?:ERROR|UNKNOWN|UNKNOWN_ERROR)$|(?:^|_)(?:INTERNAL|UNEXPECTED|UNHANDLED|UNCAUGHT|EXCEPTION|DOWNSTREAM|PANIC|FATAL)(?:_|$)/;

/**
 * In turn: requests of the gateway that the subgraph did not understand; Node, undici, Fastify, Mercurius, Hot Chocolate;
 * OpenSSL; Prisma, SQLite, MySQL, Oracle.
 */
const TECHNICAL =
  /^(?:GRAPHQL_.+|OPERATION_RESOLUTION_FAILURE|PERSISTED_QUERY_.+|CALLER_UNKNOWN|ERR_.+|EAI_.+|UND_ERR_.+|HPE_.+|ABORT_ERR|MODULE_NOT_FOUND|FST_.+|MER_.+|HC\d{4}|CERT_.+|DEPTH_ZERO_.+|SELF_SIGNED_.+|UNABLE_TO_.+|P\d{4}|SQLITE_.+|ER_.+|ORA_?\d+)$/;

/** `ECONNREFUSED` and the like, with those of the resolver of names. */
const SYSTEM_CODES: ReadonlySet<string> = new Set([
  ...Object.keys(constants.errno),
  'EBADNAME',
  'EBADQUERY',
  'EBADRESP',
  'EFORMERR',
  'ENODATA',
  'ENOTFOUND',
  'ENOTIMP',
  'EREFUSED',
  'ESERVFAIL',
  'ETIMEOUT',
]);
