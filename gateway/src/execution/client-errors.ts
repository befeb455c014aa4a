import type { EngineError, Problem } from '@saas/engine';
import type { RequestLogger } from '@saas/telemetry';
import { protocolErrors } from '../http/protocol.errors.ts';
import { masked, toClientError, type ClientError } from '../http/to-client-error.ts';

/**
 * What went wrong while an operation ran, as its client may see it. A failed call is told by its cause; what a subgraph
 * said was made fit for clients when it arrived; a value that breaks the schema is the system's own mistake.
 */
export const clientErrors = (
  errors: readonly EngineError[],
  problems: readonly Problem[],
  logger: RequestLogger,
): readonly ClientError[] => [
  ...errors.map((error) => clientErrorOf(error, logger)),
  ...problems.map(({ message, path }) => ({ ...masked(logger, { misfit: message, path }), path })),
];

const clientErrorOf = (error: EngineError, logger: RequestLogger): ClientError => {
  const where = error.path && { path: error.path };
  if (error.cause !== undefined) return { ...toClientError(error.cause, logger), ...where };
  if (error.code === undefined) return { ...masked(logger, { error }), ...where };
  const extensions = { ...error.extensions, code: error.code, ...retryableOf(error) };
  return { message: error.message, ...where, extensions };
};

const definitions = new Map(Object.entries(protocolErrors.definitions));

/** Whether it is worth trying again is said of every code that is ours to explain, whoever gave it. */
const retryableOf = ({ code = '', extensions }: EngineError): { readonly retryable?: boolean } => {
  const definition = definitions.get(code);
  return definition === undefined || extensions?.['retryable'] !== undefined
    ? {}
    : { retryable: definition.retryable };
};
