import { boundedCache } from '../operations/bounded-cache.ts';

export type MediaType = 'application/graphql-response+json' | 'application/json';

/** What a client can read, as its `Accept` header says. */
export type Acceptance = {
  /** Undefined when it can read nothing that we write. */
  readonly mediaType: MediaType | undefined;
  /** `application/json` was asked for by name: such a client looks for errors in the body, not at the status. */
  readonly isJsonByName: boolean;
  /** Takes an answer in parts as Apollo's clients do: `multipart/mixed;deferSpec=20220824`. */
  readonly acceptsParts: boolean;
};

const official = 'application/graphql-response+json';
const json = 'application/json';
const REMEMBERED_MAX = 100;
const LENGTH_MAX = 512;

const remembered = boundedCache<Acceptance>({
  entriesMax: REMEMBERED_MAX,
  bytesMax: REMEMBERED_MAX * LENGTH_MAX,
});

/**
 * Reads an `Accept` header. Without one, and for wildcards, the answer is `application/json`; of types that are liked
 * equally, the official one.
 *
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
 */
export const acceptanceOf = (accept: string | undefined): Acceptance => {
  if (accept === undefined || accept === '*/*' || accept === '') return anything;
  const known = remembered.get(accept);
  if (known !== undefined) return known;
  const acceptance = read(accept.slice(0, 8 * LENGTH_MAX));
  if (accept.length <= LENGTH_MAX) remembered.set(accept, acceptance, LENGTH_MAX);
  return acceptance;
};

const anything: Acceptance = { mediaType: json, isJsonByName: false, acceptsParts: false };

type Range = {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
};

const read = (accept: string): Acceptance => {
  const ranges = accept.split(',').map(rangeOf);
  const weightOf = (type: string): number | undefined => ranges.find((range) => range.type === type)?.weight;
  const wildcard = weightOf('application/*') ?? weightOf('*/*') ?? 0;
  const jsonWeight = weightOf(json) ?? wildcard;
  const officialWeight = weightOf(official) ?? 0;
  const acceptsParts = ranges.some(isDeferred);
  const isOfficial = officialWeight > 0 && officialWeight >= jsonWeight;
  // Who takes parts must take an answer of one part as well: errors are not sent in parts.
  const isReadable = jsonWeight > 0 || acceptsParts;
  return {
    mediaType: isOfficial ? official : isReadable ? json : undefined,
    isJsonByName: !isOfficial && (weightOf(json) ?? 0) > 0,
    acceptsParts,
  };
};

const rangeOf = (text: string): Range => {
  const [type = '', ...rest] = text.split(';').map((each) => each.trim().toLowerCase());
  const parameters = new Map(
    rest.map((each) => {
      const [name = '', value = ''] = each.split('=', 2);
      return [name.trim(), value.trim().replaceAll('"', '')];
    }),
  );
  const weight = Number(parameters.get('q') ?? 1);
  return { type, parameters, weight: Number.isNaN(weight) ? 1 : weight };
};

const isDeferred = ({ type, parameters, weight }: Range): boolean =>
  weight > 0 && type === 'multipart/mixed' && parameters.get('deferspec') === '20220824';
