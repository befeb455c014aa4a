import { getOperationAST, OperationTypeNode, type OperationDefinitionNode } from 'graphql';
import { cappedErrors, type ErrorLimits } from '../admission/capped-errors.ts';
import type { ServingGenerations } from '../execution/serving-generation.ts';
import { protocolErrors } from '../http/protocol.errors.ts';
import { RequestErrors } from '../http/request-errors.ts';
import type { OperationReply, OperationRequest, ValidOperation } from '../operations/operation-exchange.ts';
import type { Mistake } from '../supergraph/document-mistakes.ts';
import type { Handler } from './stage.ts';

type Options = {
  readonly generations: Pick<ServingGenerations, 'enter'>;
  readonly errors: ErrorLimits;
};

/**
 * Enters the running generation, on which the request stays to its end, and lets only those operations in that fit its
 * schema. A document is validated once per generation.
 *
 * @throws {RequestErrors} `GRAPHQL_VALIDATION_FAILED`, with every mistake up to 20.
 * @throws {AppError} `OPERATION_RESOLUTION_FAILURE`, `MUTATION_BY_GET`, `SUBSCRIPTION_NOT_SUPPORTED`, and for large documents what
 *   `mistakesIn` throws.
 */
export const useValidate =
  (
    { generations, errors: limits }: Options,
    next: Handler<ValidOperation, OperationReply>,
  ): Handler<OperationRequest, OperationReply> =>
  async (request) => {
    const lease = generations.enter();
    const { generation } = lease;
    let staysInside = false;
    try {
      const { node, size } = request.document;
      const found = generation.mistakesIn(node, size);
      const mistakes = found instanceof Promise ? await found : found;
      if (mistakes.length > 0) throw validationFailed(mistakes, limits);
      const reply = await next({ request, generation, operation: operationOf(request) });
      if (reply.body.kind === 'single') return reply;
      staysInside = true;
      const leftMs = Math.max(0, request.deadlineAtMs - performance.now());
      const timer = setTimeout(() => lease.leave(), Math.min(leftMs, LEFT_MS_MAX)).unref();
      const parts = leavingAtTheEnd(reply.body.parts, timer, lease);
      return { ...reply, body: { kind: 'parts', parts } };
    } finally {
      if (!staysInside) lease.leave();
    }
  };

type Lease = ReturnType<Options['generations']['enter']>;
/** For a request without a deadline. */
const LEFT_MS_MAX = 300_000;

/** Nobody may read the parts: their client may have left by now. So the request leaves at its deadline at the latest. */
const leavingAtTheEnd = async function* (
  parts: AsyncIterable<string>,
  timer: NodeJS.Timeout,
  lease: Lease,
): AsyncGenerator<string> {
  try {
    yield* parts;
  } finally {
    clearTimeout(timer);
    lease.leave();
  }
};

const validationFailed = (mistakes: readonly Mistake[], limits: ErrorLimits): RequestErrors => {
  const { retryable } = protocolErrors.definitions.GRAPHQL_VALIDATION_FAILED;
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', retryable };
  const errors = mistakes.map((mistake) => ({ ...mistake, extensions }));
  return new RequestErrors('GRAPHQL_VALIDATION_FAILED', cappedErrors(errors, limits));
};

const operationOf = ({ document, params, isSafe }: OperationRequest): OperationDefinitionNode => {
  const definition = getOperationAST(document.node, params.operationName);
  if (!definition) throw protocolErrors.OPERATION_RESOLUTION_FAILURE();
  const { operation } = definition;
  if (operation === OperationTypeNode.SUBSCRIPTION) throw protocolErrors.SUBSCRIPTION_NOT_SUPPORTED();
  if (operation === OperationTypeNode.MUTATION && isSafe) throw protocolErrors.MUTATION_BY_GET();
  return definition;
};
