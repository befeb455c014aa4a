import { UNTOLD, UNTOLD_HEADER } from '@saas/auth';

/** What we look at of the headers of an answer; nothing of it is ever relayed. */
export type AnswerHeaders = {
  /** What the answer says that its body is going to have. */
  readonly bytes: number | undefined;
  /** How the body is encoded, when it is. */
  readonly encoding: string | undefined;
  /** The body is `application/graphql-response+json`: a GraphQL server wrote it, whatever the status. */
  readonly isGraphqlResponse: boolean;
  readonly consistencyToken: string | undefined;
  /** The service has changed somebody's rights and could not tell of it yet. */
  readonly isUntold: boolean;
};

/** Reads names and values in turn, as they came. By the lengths of names first: most headers need not become text. */
export const readAnswerHeaders = (raw: readonly Buffer[]): AnswerHeaders => {
  let bytes: number | undefined;
  let encoding: string | undefined;
  let isGraphqlResponse = false;
  let consistencyToken: string | undefined;
  let isUntold = false;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const length = raw[at]?.length;
    if (length === 14 && nameAt(raw, at) === 'content-length') bytes = Number(textAt(raw, at + 1));
    else if (length === 12 && mayBeGraphql(raw[at + 1]) && nameAt(raw, at) === 'content-type')
      isGraphqlResponse = isGraphql(textAt(raw, at + 1));
    else if (length === 16 && nameAt(raw, at) === 'content-encoding')
      encoding = encodingOf(textAt(raw, at + 1));
    else if (length === 17 && nameAt(raw, at) === 'consistency-token') {
      const value = textAt(raw, at + 1);
      consistencyToken = consistencyToken === undefined ? value : `${consistencyToken},${value}`;
    } else if (length === UNTOLD_HEADER.length && nameAt(raw, at) === UNTOLD_HEADER)
      isUntold = textAt(raw, at + 1) === UNTOLD;
  }
  return { bytes, encoding, isGraphqlResponse, consistencyToken, isUntold };
};

const nameAt = (raw: readonly Buffer[], at: number): string => textAt(raw, at).toLowerCase();

const textAt = (raw: readonly Buffer[], at: number): string => raw[at]?.toString('latin1') ?? '';

/** `application/json` is shorter. */
const mayBeGraphql = (mediaType: Buffer | undefined): boolean =>
  (mediaType?.length ?? 0) >= 'application/graphql-response+json'.length;

const isGraphql = (mediaType: string): boolean =>
  /^\s*application\/graphql-response\+json\s*(?:;|$)/i.test(mediaType);

const encodingOf = (value: string): string | undefined => {
  const encoding = value.trim().toLowerCase();
  return encoding === '' || encoding === 'identity' ? undefined : encoding;
};
