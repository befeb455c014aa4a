import { authorizer, type Authorizer, type AuthorizerOptions } from '../authorization/authorizer.ts';
import { principalOf, type Principal } from '../authorization/principal.ts';
import type { ServingGeneration } from '../execution/serving-generation.ts';
import type { OperationReply, ValidOperation } from '../operations/operation-exchange.ts';
import type { Stage } from './stage.ts';

type Options = {
  readonly authorization: Pick<AuthorizerOptions, 'mode' | 'policyTimeoutMs'>;
  /** Says which policies hold; without it none does. */
  readonly policies?: Principal['policies'];
};

/**
 * Holds an operation to what the supergraph demands by `@authenticated`, `@requiresScopes` and `@policy`: further in there is
 * only the part of it that its client may have.
 *
 * @throws {AppError} `UNAUTHORIZED_FIELD_OR_TYPE` where the settings refuse such an operation as a whole.
 */
export const useAuthorize = ({ authorization, policies }: Options): Stage<ValidOperation, OperationReply> => {
  const authorizers = new WeakMap<ServingGeneration, Authorizer>();
  const authorizerFor = (request: ValidOperation): Authorizer => {
    const { generation, logger } = request;
    const known = authorizers.get(generation);
    if (known !== undefined) return known;
    const rules = { schema: generation.api, table: generation.authorization };
    const made = authorizer(rules, {
      ...authorization,
      onPolicyFailure: (error) => logger.warn({ error }, 'policies could not be asked for, and do not hold'),
    });
    authorizers.set(generation, made);
    return made;
  };
  return {
    name: 'authorize',
    handle: async (request, next) => {
      const { document, operation, params, access, signal } = request;
      const demanding = authorizerFor(request).protectedOperation(document.node, operation);
      if (demanding === undefined) return next(request);
      const principal = { ...principalOf(access), policies };
      const authorized = await demanding.authorize(principal, { variables: params.variables, signal });
      return next(authorized === undefined ? request : { ...request, authorized });
    },
  };
};
