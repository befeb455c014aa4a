import { IDENTITY_HEADER } from '@saas/auth';
import { formatConsistencyTokens } from '@saas/kernel';
import type { ClientHeaders, GatewayContext } from './gateway-context.ts';

/** Which headers a subgraph gets besides our own. Names in any case. */
export type HeaderRules = {
  /** Of the client's headers, those that are sent on. */
  readonly propagate?: readonly string[];
  /** Sent with every call; wins over what the client sent. */
  readonly insert?: Readonly<Record<string, string>>;
};

/** The subgraph should give up a little before we do, so that we still hear what it has to say about it. */
const MARGIN_MS = 25;

/** They speak of one connection, or of this very body; or we say them ourselves. */
const OURS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'consistency-token',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'range',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-deadline-ms',
  'x-request-id',
]);
const OUR_PREFIXES: readonly string[] = ['proxy-', 'x-internal-'];
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Why no rule may be about the header `name`, as the end of a sentence about it; undefined when one may. */
export const headerObjection = (name: string): string | undefined => {
  if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) return 'is no name of a header';
  const lower = name.toLowerCase();
  const isOurs = OURS.has(lower) || OUR_PREFIXES.some((prefix) => lower.startsWith(prefix));
  return isOurs ? 'is a header that the gateway sets itself, or never sends on' : undefined;
};

/**
 * The headers of a call, name and value in turn. Of the client's headers only those go along that `propagate` lists;
 * a rule about a header that {@link headerObjection} objects to is ignored.
 */
export const headerWriter = (
  subgraph: string,
  rules: HeaderRules = {},
): ((context: GatewayContext, leftMs: number) => string[]) => {
  const inserted = insertedHeaders(rules);
  const passed = passedHeaders(rules);
  const always = [
    'content-type',
    'application/json',
    'accept',
    'application/graphql-response+json, application/json;q=0.9',
    // Without it any encoding would be as good.
    'accept-encoding',
    'identity',
    ...inserted.flat(),
  ];
  return (context, leftMs) => {
    const headers = always.slice();
    headers.push('x-request-id', context.requestId, 'x-deadline-ms', `${Math.max(1, leftMs - MARGIN_MS)}`);
    const identity = context.identityFor(subgraph);
    if (identity !== undefined) headers.push(IDENTITY_HEADER, identity);
    const tokens = context.tokens.all();
    const tokenText = tokens.size === 0 ? undefined : formatConsistencyTokens(tokens);
    if (tokenText !== undefined) headers.push('consistency-token', tokenText);
    if (passed.length > 0 && context.clientHeaders) passOn(passed, context.clientHeaders, headers);
    return headers;
  };
};

const insertedHeaders = ({ insert = {} }: HeaderRules): readonly (readonly [string, string])[] =>
  Object.entries(insert)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => headerObjection(name) === undefined && VALUE.test(value));

/** Those of the client's headers that are sent on, in lower case. */
export const passedHeaders = (rules: HeaderRules): readonly string[] => {
  const taken = new Set(insertedHeaders(rules).map(([name]) => name));
  const asked = (rules.propagate ?? []).map((name) => name.toLowerCase());
  return [...new Set(asked)].filter((name) => headerObjection(name) === undefined && !taken.has(name));
};

/** What is sent on of the client's header `name`; undefined when nothing is. */
export const passedValue = (name: string, client: ClientHeaders | undefined): string | undefined => {
  const given = client !== undefined && Object.hasOwn(client, name) ? client[name] : undefined;
  const value = typeof given === 'string' ? given : given?.join(name === 'cookie' ? '; ' : ', ');
  return value !== undefined && VALUE.test(value) ? value : undefined;
};

const passOn = (names: readonly string[], client: ClientHeaders, headers: string[]): void => {
  for (const name of names) {
    const value = passedValue(name, client);
    if (value !== undefined) headers.push(name, value);
  }
};
