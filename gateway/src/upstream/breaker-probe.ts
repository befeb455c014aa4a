import { failureKindOf, failureKindOfAnswer, failureKinds } from './failure-kinds.ts';
import type { GatewayContext } from './gateway-context.ts';
import type { Send, UpstreamCall } from './upstream-call.ts';
import { upstreamErrors } from './upstream.errors.ts';

export type ProbedKind = 'query' | 'mutation';

/**
 * Asks a subgraph for the name of its root type: on behalf of nobody, so that no client pays for finding out whether it is
 * back. A mutation goes the way of mutations, and changes nothing.
 *
 * It is fine when it answers GraphQL, errors included, or refuses us with a status below 500 other than 429.
 *
 * @throws what the call failed with.
 */
export const probeSubgraph = async (send: Send, kind: ProbedKind, context: GatewayContext): Promise<void> => {
  const call = probeCall(kind, context);
  try {
    const answer = await send(call);
    const failure = failureKindOfAnswer(answer);
    if (failure === undefined || !failureKinds[failure].isCounted) return;
  } catch (error) {
    if (failureKindOf(error, call) === 'refused') return;
    throw error;
  }
  throw upstreamErrors.SUBGRAPH_UNAVAILABLE();
};

const probeCall = (kind: ProbedKind, context: GatewayContext): UpstreamCall => {
  const query = `${kind} { __typename }`;
  return {
    request: { kind, query },
    context,
    isMutation: kind === 'mutation',
    body: JSON.stringify({ query }),
    endsAtMs: context.deadlineAtMs,
    isHurried: false,
    caller: undefined,
  };
};
