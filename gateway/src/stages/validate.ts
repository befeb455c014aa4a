import {
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { cappedErrors, type ErrorLimits } from '../admission/capped-errors.ts';
import type { ServingGeneration, ServingGenerations } from '../execution/serving-generation.ts';
import { protocolErrors } from '../http/protocol.errors.ts';
import { RequestErrors } from '../http/request-errors.ts';
import type { OperationReply, OperationRequest, ValidOperation } from '../operations/operation-exchange.ts';
import type { Handler } from './stage.ts';

type Options = {
  readonly generations: Pick<ServingGenerations, 'enter'>;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  readonly errors: ErrorLimits;
};

const { definitions } = protocolErrors;

/**
 * Enters the running generation, on which the request stays to its end, and lets only those operations in that fit its
 * schema. A document is validated once per generation.
 *
 * @throws {RequestErrors} `GRAPHQL_VALIDATION_FAILED`, with every mistake up to 20; `OPERATION_RESOLUTION_FAILURE`.
 * @throws {AppError} `MUTATION_BY_GET`, `SUBSCRIPTION_NOT_SUPPORTED`.
 */
export const useValidate = (
  { generations, introspection, errors: limits }: Options,
  next: Handler<ValidOperation, OperationReply>,
): Handler<OperationRequest, OperationReply> => {
  const mistakesIn = validation(introspection);
  return async (request) => {
    const lease = generations.enter();
    const { generation } = lease;
    let staysInside = false;
    try {
      const mistakes = mistakesIn(generation, request.document.node);
      if (mistakes.length > 0)
        throw new RequestErrors('GRAPHQL_VALIDATION_FAILED', cappedErrors(mistakes, limits));
      const reply = await next({ ...request, generation, operation: operationOf(request) });
      if (reply.body.kind === 'single') return reply;
      staysInside = true;
      return { ...reply, body: { kind: 'parts', parts: withEnd(reply.body.parts, () => lease.leave()) } };
    } finally {
      if (!staysInside) lease.leave();
    }
  };
};

const withEnd = async function* (parts: AsyncIterable<string>, end: () => void): AsyncGenerator<string> {
  try {
    yield* parts;
  } finally {
    end();
  }
};

type Mistake = RequestErrors['errors'][number];

const nothing: readonly Mistake[] = [];
/** Each error looks through the schema for names that were meant. */
const MISTAKES_MAX = 20;

const validation = (introspection: boolean) => {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const results = new WeakMap<ServingGeneration, WeakMap<DocumentNode, readonly Mistake[]>>();
  return (generation: ServingGeneration, document: DocumentNode): readonly Mistake[] => {
    let ofGeneration = results.get(generation);
    if (ofGeneration === undefined) results.set(generation, (ofGeneration = new WeakMap()));
    const known = ofGeneration.get(document);
    if (known !== undefined) return known;
    const errors = validate(generation.api, document, rules, { maxErrors: MISTAKES_MAX });
    const mistakes = errors.length > 0 ? errors.map(mistakeOf) : impossible(generation.api, document);
    ofGeneration.set(document, mistakes);
    return mistakes;
  };
};

/** Validation lets operations of a type pass that the schema does not have, such as a subscription. */
const impossible = (api: GraphQLSchema, { definitions: all }: DocumentNode): readonly Mistake[] => {
  const found = all.find(
    (each) => each.kind === Kind.OPERATION_DEFINITION && !api.getRootType(each.operation),
  );
  if (found?.kind !== Kind.OPERATION_DEFINITION) return nothing;
  return [mistake('GRAPHQL_VALIDATION_FAILED', `The schema has no type for a ${found.operation}.`)];
};

const mistakeOf = ({ message, locations }: GraphQLError): Mistake => ({
  ...mistake('GRAPHQL_VALIDATION_FAILED', message),
  ...(locations && { locations }),
});

const mistake = (code: keyof typeof definitions, message: string): Mistake => ({
  message,
  extensions: { code, retryable: definitions[code].retryable },
});

const operationOf = ({ document, params, isSafe }: OperationRequest): OperationDefinitionNode => {
  const operation = getOperationAST(document.node, params.operationName);
  if (!operation) {
    const { message } = definitions.OPERATION_RESOLUTION_FAILURE;
    throw new RequestErrors('OPERATION_RESOLUTION_FAILURE', [
      mistake('OPERATION_RESOLUTION_FAILURE', message),
    ]);
  }
  if (operation.operation === OperationTypeNode.SUBSCRIPTION)
    throw protocolErrors.SUBSCRIPTION_NOT_SUPPORTED();
  if (operation.operation === OperationTypeNode.MUTATION && isSafe) throw protocolErrors.MUTATION_BY_GET();
  return operation;
};
