import { formatConsistencyTokens } from '@saas/kernel';
import type { GatewayContext } from './gateway-context.ts';
import { passedHeaders, passedValue, type HeaderRules } from './request-headers.ts';

/**
 * Everything besides a call's body that its answer may depend on: the viewer, what the client's own headers say that are sent
 * on, and what the caller must be able to see. Two calls with the same body and the same scope may be given one answer.
 *
 * @returns text without a line break; empty for a caller of whom the subgraph learns nothing.
 */
export const callScope = (rules: HeaderRules = {}): ((context: GatewayContext) => string) => {
  const names = passedHeaders(rules);
  return ({ viewer, tokens, clientHeaders }) => {
    const wanted = tokens.all();
    if (viewer.status === 'anonymous' && wanted.size === 0 && names.length === 0) return '';
    const values = names.map((name) => passedValue(name, clientHeaders));
    return JSON.stringify([viewer, formatConsistencyTokens(wanted), ...values]);
  };
};
