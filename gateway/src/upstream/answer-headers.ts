/** What we look at of the headers of an answer; nothing of it is ever relayed. */
export type AnswerHeaders = {
  /** What the answer says that its body is going to have. */
  readonly bytes: number | undefined;
  /** How the body is encoded, when it is. */
  readonly encoding: string | undefined;
  /** The body is `application/graphql-response+json`: a GraphQL server wrote it, whatever the status. */
  readonly isGraphqlResponse: boolean;
  readonly consistencyToken: string | undefined;
};

/** Of the names that we know: most headers are told from them without becoming text. */
const LENGTHS: ReadonlySet<number> = new Set(
  ['content-type', 'content-length', 'content-encoding', 'consistency-token'].map(({ length }) => length),
);

/** Reads names and values in turn, as they came. */
export const readAnswerHeaders = (raw: readonly Buffer[]): AnswerHeaders => {
  let bytes: number | undefined;
  let encoding: string | undefined;
  let isGraphqlResponse = false;
  let consistencyToken: string | undefined;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const length = raw[at]?.length;
    if (length === undefined || !LENGTHS.has(length)) continue;
    const name = textAt(raw, at).toLowerCase();
    const value = textAt(raw, at + 1);
    if (name === 'content-length') bytes = Number(value);
    else if (name === 'content-type') isGraphqlResponse = isGraphql(value);
    else if (name === 'content-encoding') encoding = encodingOf(value);
    else if (name === 'consistency-token')
      consistencyToken = consistencyToken === undefined ? value : `${consistencyToken},${value}`;
  }
  return { bytes, encoding, isGraphqlResponse, consistencyToken };
};

const textAt = (raw: readonly Buffer[], at: number): string => raw[at]?.toString('latin1') ?? '';

const isGraphql = (mediaType: string): boolean =>
  /^\s*application\/graphql-response\+json\s*(?:;|$)/i.test(mediaType);

const encodingOf = (value: string): string | undefined => {
  const encoding = value.trim().toLowerCase();
  return encoding === '' || encoding === 'identity' ? undefined : encoding;
};
