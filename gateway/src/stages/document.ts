import { holdVariablesNesting } from '../admission/variables-nesting.ts';
import type { DocumentCache } from '../operations/document-cache.ts';
import type { OperationReply, OperationRequest } from '../operations/operation-exchange.ts';
import type { OperationIds } from '../operations/operation-id.ts';
import type { OperationSource } from '../operations/operation-source.ts';
import { settle, type Stage } from './stage.ts';

type Options = {
  readonly sourceOf: (request: OperationIds) => Promise<OperationSource>;
  readonly documents: DocumentCache;
  readonly variablesNestingMax: number;
};

/**
 * Finds the document that a request means, by its text or its id, and refuses it when it asks for more than it may.
 *
 * A query that the client wants remembered is so once it was executed.
 *
 * @throws {AppError} what `operationSource`, `parseDocument`, `admitDocument` and `holdVariablesNesting` throw.
 */
export const useDocument = ({
  sourceOf,
  documents,
  variablesNestingMax,
}: Options): Stage<OperationRequest, OperationReply> => ({
  name: 'document',
  handle: async (request, next) => {
    const { params } = request;
    const { source, remember } = await sourceOf(params);
    const document = documents.documentOf(source);
    holdVariablesNesting(params.variables, variablesNestingMax);
    const reply = await next(settle(request, { document }));
    await remember?.();
    return reply;
  },
});
