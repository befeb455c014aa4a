import { formatConsistencyTokens, parseConsistencyTokens } from '@saas/kernel';
import type { OperationReply, OperationRequest } from '../operations/operation-exchange.ts';
import type { SessionTokens } from '../upstream/session-tokens.ts';
import type { Stage } from './stage.ts';

/** Clients read it from the answer to a write and may send it with later requests, to any gateway. */
export const CONSISTENCY_HEADER = 'consistency-token';

/**
 * Lets clients read their own writes. A request sees at least what its own `consistency-token` header asks for and
 * what the same session has written through this gateway within the last 30 s, header or not.
 */
export const useConsistency = ({
  sessionTokens,
}: {
  readonly sessionTokens: SessionTokens;
}): Stage<OperationRequest, OperationReply> => ({
  name: 'consistency',
  handle: async (request, next) => {
    const { viewer, tokens, headers } = request;
    const sessionId = viewer.status === 'authenticated' ? viewer.sessionId : undefined;
    const asked = headers[CONSISTENCY_HEADER];
    if (asked !== undefined) tokens.add(parseConsistencyTokens(asked));
    if (sessionId !== undefined) tokens.add(sessionTokens.recall(sessionId));
    const known = tokens.all();

    const reply = await next(request);

    // What nobody added to is still the same object.
    if (tokens.all() === known) return reply;
    const reached = formatConsistencyTokens(tokens.all());
    if (reached === undefined || reached === formatConsistencyTokens(known)) return reply;
    if (sessionId !== undefined) sessionTokens.remember(sessionId, tokens.all());
    return { ...reply, headers: { ...reply.headers, [CONSISTENCY_HEADER]: reached } };
  },
});
