/**
 * How far a caller must be able to see: service → shard → log position (`16/B374D848`, as PostgreSQL writes it).
 *
 * On the wire (header `consistency-token`) it is text: `users.shard-0=16/B374D848,projects.shard-1=0/1A`. A service's
 * own part, as its event store returns it and its reads take it, is the same without the name: `shard-0=16/B374D848`.
 */
export type ConsistencyTokens = ReadonlyMap<string, ShardPositions>;
/** Shard → log position, of one service. */
export type ShardPositions = ReadonlyMap<string, string>;

/** What one header may hold; a caller touches one shard per service, so this is never reached in earnest. */
export const CONSISTENCY_TOKEN_BYTES_MAX = 4_096;
/** The other bound of a header: services times shards. */
export const CONSISTENCY_TOKEN_PARTS_MAX = 64;

const NAME = '[a-z0-9][a-z0-9_-]{0,62}';
const POSITION = '[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}';
const PART = new RegExp(`^(${NAME})\\.(${NAME})=(${POSITION})$`);
const SERVICE_PART = new RegExp(`^(${NAME})=(${POSITION})$`);

/**
 * Reads the header. Never fails: what cannot be read is ignored, and so is all of a header beyond the bounds, for
 * a token only ever asks for fresher answers. Of two positions on one shard the later one wins.
 */
export const parseConsistencyTokens = (header: string | undefined): ConsistencyTokens => {
  const tokens = new Map<string, Map<string, string>>();
  for (const part of partsOf(header)) {
    const [, service, shard, position] = PART.exec(part) ?? [];
    if (service === undefined || shard === undefined || position === undefined) continue;
    keepLater(tokens, service, shard, position);
  }
  return tokens;
};

/** Everything that any of them asks for; the later position wins per service and shard. */
export const mergeConsistencyTokens = (...all: readonly ConsistencyTokens[]): ConsistencyTokens => {
  const merged = new Map<string, Map<string, string>>();
  for (const tokens of all) {
    for (const [service, positions] of tokens) {
      for (const [shard, position] of positions) keepLater(merged, service, shard, position);
    }
  }
  return merged;
};

/** The header's text within its bounds, or undefined when there is nothing to say. Equal tokens have equal text. */
export const formatConsistencyTokens = (tokens: ConsistencyTokens): string | undefined =>
  joined([...tokens].flatMap(([service, positions]) => textsOf(positions, `${service}.`)));

/** The part of `service`, as its own reads take it, or undefined when the caller asks nothing of it. */
export const tokenOfService = (tokens: ConsistencyTokens, service: string): string | undefined =>
  joined(textsOf(tokens.get(service) ?? new Map()));

/** A service's own token as a part of the whole; text that cannot be read is ignored, as in the header. */
export const tokensOfService = (service: string, token: string | undefined): ConsistencyTokens => {
  const tokens = new Map<string, Map<string, string>>();
  for (const part of partsOf(token)) {
    const [, shard, position] = SERVICE_PART.exec(part) ?? [];
    if (shard !== undefined && position !== undefined) keepLater(tokens, service, shard, position);
  }
  return tokens;
};

/** Orders log positions: negative when `left` comes first, 0 when they are the same place. */
export const compareLogPositions = (left: string, right: string): number => {
  const [leftHigh, leftLow] = halvesOf(left);
  const [rightHigh, rightLow] = halvesOf(right);
  return leftHigh - rightHigh || leftLow - rightLow;
};

const halvesOf = (position: string): readonly [number, number] => {
  const [high = '', low = ''] = position.split('/');
  return [Number.parseInt(high, 16), Number.parseInt(low, 16)];
};

const partsOf = (text = ''): readonly string[] => {
  if (text.length > CONSISTENCY_TOKEN_BYTES_MAX) return [];
  const parts = text.split(',', CONSISTENCY_TOKEN_PARTS_MAX + 1);
  return parts.length > CONSISTENCY_TOKEN_PARTS_MAX ? [] : parts.map((part) => part.trim());
};

const keepLater = (
  tokens: Map<string, Map<string, string>>,
  service: string,
  shard: string,
  position: string,
): void => {
  const positions = tokens.get(service) ?? new Map<string, string>();
  const known = positions.get(shard);
  if (known === undefined || compareLogPositions(known, position) < 0) positions.set(shard, position);
  tokens.set(service, positions);
};

const textsOf = (positions: ShardPositions, prefix = ''): readonly string[] =>
  [...positions].map(([shard, position]) => `${prefix}${shard}=${position}`);

/** Beyond the bounds parts are left out rather than cut: half a header would be ignored as a whole. */
const joined = (texts: readonly string[]): string | undefined => {
  const kept: string[] = [];
  let bytes = 0;
  for (const text of [...texts].sort().slice(0, CONSISTENCY_TOKEN_PARTS_MAX)) {
    bytes += text.length + 1;
    if (bytes > CONSISTENCY_TOKEN_BYTES_MAX) break;
    kept.push(text);
  }
  return kept.length > 0 ? kept.join(',') : undefined;
};
