import type { AuthorizerOptions, ProtectedOperation } from '../authorization/authorizer.ts';
import { authorizers } from '../authorization/authorizers.ts';
import { principalOf, type Principal } from '../authorization/principal.ts';
import type { OperationReply, ValidOperation } from '../operations/operation-exchange.ts';
import type { Handler, Stage } from './stage.ts';

type Options = {
  readonly authorization: AuthorizerOptions;
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
  const authorizerFor = authorizers(authorization);
  const answerPart = async (
    demanding: ProtectedOperation,
    valid: ValidOperation,
    next: Handler<ValidOperation, OperationReply>,
  ): Promise<OperationReply> => {
    const { access, params } = valid.request;
    const principal = { ...principalOf(access), policies };
    const authorized = await demanding.authorize(principal, { variables: params.variables });
    return next(authorized === undefined ? valid : { ...valid, authorized });
  };
  return {
    name: 'authorize',
    handle: (valid, next) => {
      const { request, generation, operation } = valid;
      const demanding = authorizerFor(generation).protectedOperation(request.document.node, operation);
      return demanding === undefined ? next(valid) : answerPart(demanding, valid, next);
    },
  };
};
