import type { IdentityScope } from './fallback-scope.ts';

/** A subgraph's answer, kept once for all that point into it. */
export type KeptAnswer = {
  /** When it was asked for, on `performance.now()`'s clock: what it says may be as old as that. */
  readonly atMs: number;
  /** What it takes in memory, with all that points into it. */
  readonly bytes: number;
  readonly shelf: Shelf;
  /** What leads to it, unless another answer has taken that over since. */
  readonly keys: readonly string[];
  /** How many of its keys still lead to it. */
  live: number;
  /** As it came; undefined once it was taken apart. */
  body: Buffer | undefined;
  /** Its entities in JSON; made when somebody wants one. */
  texts: readonly string[] | undefined;
};

/** The answers to one question of one identity scope, by the entity asked about, or by the variables. */
export type Shelf = {
  readonly scope: IdentityScope;
  readonly question: string;
  readonly isAboutEntities: boolean;
  readonly pointers: Map<string, Pointer>;
};

export type Pointer = { readonly answer: KeptAnswer; readonly index: number };

/** What a pointer and an answer take besides their texts, in bytes: rounded up. */
const POINTER_BYTES = 160;
const ANSWER_BYTES = 320;

export const keptAnswer = (
  shelf: Shelf,
  keys: readonly string[],
  given: Buffer,
  atMs: number,
): KeptAnswer => {
  const body = alone(given);
  let bytes = ANSWER_BYTES + body.byteLength;
  for (const key of keys) bytes += POINTER_BYTES + 2 * key.length;
  return { atMs, bytes, shelf, keys, live: keys.length, body, texts: undefined };
};

/** What is said at a pointer, in JSON: one entity, or the whole answer. */
export const textAt = ({ answer, index }: Pointer): string => {
  if (!answer.shelf.isAboutEntities) return bodyText(answer.body);
  // Taken apart once: an answer about a thousand entities is not parsed for each of them.
  answer.texts ??= textsOf(answer.body, true);
  answer.body = undefined;
  return answer.texts[index] ?? 'null';
};

/** What an answer says under each of the keys that were asked for with it, in JSON. */
export const textsOf = (body: Buffer | undefined, isAboutEntities: boolean): readonly string[] => {
  const json = bodyText(body);
  if (!isAboutEntities) return [json];
  const { data } = JSON.parse(json) as { readonly data: Readonly<Record<'_entities', readonly unknown[]>> };
  return data['_entities'].map((entity) => JSON.stringify(entity));
};

/** A byte order mark is no part of the text. */
const bodyText = (body: Buffer | undefined): string => {
  const text = body?.toString('utf8') ?? '';
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
};

/** A small answer may lie in a large piece of memory, all of which would be kept with it. */
const alone = (body: Buffer): Buffer => {
  if (body.buffer.byteLength <= 2 * body.byteLength) return body;
  const copy = Buffer.allocUnsafeSlow(body.byteLength);
  body.copy(copy);
  return copy;
};
