import {
  OperationTypeNode,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { ClientError } from '../http/to-client-error.ts';
import { authorizationErrors } from './authorization.errors.ts';
import type { AuthorizationTable } from './authorization-table.ts';
import { authorizedPart, type AuthorizedPart } from './authorized-part.ts';
import { requirementsOf } from './operation-requirements.ts';
import type { Principal } from './principal.ts';
import { isMet, type Requirement } from './requirement.ts';
import { rightsOf, type PolicyCall } from './rights-of.ts';
import { conditionCheck } from './selection-conditions.ts';
import { authorizationRules, type AuthorizationRules } from './selection-place.ts';

export type AuthorizerOptions = {
  /** What becomes of an operation that asks for too much: its part is answered, or it is refused. */
  readonly mode: 'filter' | 'reject';
  readonly policyTimeoutMs: number;
  /** A policy could not be asked for, and is taken not to hold. */
  readonly onPolicyFailure?: ((error: unknown) => void) | undefined;
};

/** Holds operations to what one supergraph demands of those who run them. */
export type Authorizer = {
  /**
   * An operation that demands something; undefined for all others, whoever asks. Worked out once, as long as the document
   * lives.
   *
   * @param document has passed `admitDocument`, and is valid.
   */
  readonly protectedOperation: (
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ) => ProtectedOperation | undefined;
};

export type ProtectedOperation = {
  /**
   * What of the operation this principal may have; undefined: all of it.
   *
   * @param request.variables as the client gave them.
   * @throws {AppError} `UNAUTHORIZED_FIELD_OR_TYPE`, in mode `reject`, and for a subscription of which nothing is left.
   * @throws the signal's reason when it aborts while policies are asked.
   */
  readonly authorize: (
    principal: Principal,
    request: AuthorizationRequest,
  ) => Promise<Authorized | undefined>;
};

export type AuthorizationRequest = {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
};

export type Authorized = {
  /** To be planned in place of the client's document, which goes on to shape the answer. */
  readonly part: DocumentNode;
  /** Tells the parts of one operation apart: what is planned for one must never be used for another. */
  readonly key: string;
  /** False: there is nothing to plan, and no subgraph to ask. */
  readonly asksSubgraphs: boolean;
  /** One for each field that this request asks for in vain; they come before all others of the answer. */
  readonly errors: readonly ClientError[];
};

/** Parts kept per operation: one for each set of denied requirements that occurred lately. */
const partsMax = 32;

/** @param supergraph.schema the API schema, on which documents are valid. */
export const authorizer = (
  supergraph: { readonly schema: GraphQLSchema; readonly table: AuthorizationTable },
  options: AuthorizerOptions,
): Authorizer => {
  if (supergraph.table.isEmpty) return { protectedOperation: () => undefined };
  const rules = authorizationRules(supergraph);
  const known = new WeakMap<
    OperationDefinitionNode,
    { readonly operation: ProtectedOperation | undefined }
  >();
  return {
    protectedOperation: (document, operation) => {
      let entry = known.get(operation);
      if (entry === undefined) {
        const requirements = requirementsOf(rules, document, operation);
        const isProtected = requirements.length > 0;
        entry = {
          operation: isProtected
            ? protectedOperation({ rules, document, operation, requirements }, options)
            : undefined,
        };
        known.set(operation, entry);
      }
      return entry.operation;
    },
  };
};

type Subject = {
  readonly rules: AuthorizationRules;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly requirements: readonly Requirement[];
};

const protectedOperation = (
  { rules, document, operation, requirements }: Subject,
  { mode, policyTimeoutMs, onPolicyFailure }: AuthorizerOptions,
): ProtectedOperation => {
  const policies = policiesIn(requirements);
  const holds = conditionCheck(operation);
  const partFor = recentParts((denied) => authorizedPart(rules, document, operation, denied));
  const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
  return {
    authorize: async (principal, { variables, signal }) => {
      const call: PolicyCall = { timeoutMs: policyTimeoutMs, signal, onFailure: onPolicyFailure };
      const rights = await rightsOf(principal, policies, call);
      const denied = requirements.filter((requirement) => !isMet(requirement, rights));
      if (denied.length === 0) return undefined;
      const key = JSON.stringify(denied.map((each) => each.key));
      const { document: part, removed, isCapped, asksSubgraphs } = partFor(key, denied);
      if (part === document) return undefined;
      const missed = removed.filter(({ conditions }) => holds(conditions, variables));
      const isRefused = mode === 'reject' && (missed.length > 0 || isCapped);
      if (isRefused || (isSubscription && !asksSubgraphs)) {
        throw authorizationErrors.UNAUTHORIZED_FIELD_OR_TYPE();
      }
      return { part, key, asksSubgraphs, errors: missed.map(({ path }) => unauthorized(path)) };
    },
  };
};

const policiesIn = (requirements: readonly Requirement[]): readonly string[] => {
  const demands = requirements.filter(({ kind }) => kind === 'policies');
  return [...new Set(demands.flatMap(({ anyOf }) => anyOf.flat()))].sort();
};

const recentParts = (make: (denied: ReadonlySet<string>) => AuthorizedPart) => {
  // A Map keeps the order in which keys came: the first is the one that was not used for longest.
  const parts = new Map<string, AuthorizedPart>();
  return (key: string, denied: readonly Requirement[]): AuthorizedPart => {
    const part = parts.get(key) ?? make(new Set(denied.map((each) => each.key)));
    parts.delete(key);
    parts.set(key, part);
    const [oldest] = parts.keys();
    if (parts.size > partsMax && oldest !== undefined) parts.delete(oldest);
    return part;
  };
};

const unauthorized = (path: readonly string[]): ClientError => {
  const { message, retryable } = authorizationErrors.definitions.UNAUTHORIZED_FIELD_OR_TYPE;
  return { message, path, extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', retryable } };
};
