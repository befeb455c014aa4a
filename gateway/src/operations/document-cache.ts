import { Kind, type DocumentNode } from 'graphql';
import { admitDocument } from '../admission/admit-document.ts';
import type { OperationLimits } from '../admission/operation-limits.ts';
import { parseDocument } from '../admission/parse-document.ts';
import { boundedCache, type CacheBounds } from './bounded-cache.ts';
import { queryHash } from './query-hash.ts';

/** A document that was parsed and found to be within the limits. */
export type KnownDocument = {
  /**
   * As long as the document is remembered, the same text gives the same object: what else is known of it (that it is
   * valid, what it costs) can hang on it in a `WeakMap`.
   */
  readonly node: DocumentNode;
  /** Of the text, as `queryHash`; what plans are kept under. */
  readonly hash: string;
  /** False: there is no `@defer` in it. */
  readonly mayDefer: boolean;
  /** What validating it costs, roughly: its selections, and the pairs of fields that are compared. */
  readonly size: number;
};

export type DocumentCache = {
  /** @throws {AppError} whatever `parseDocument` and `admitDocument` refuse; refusals are not remembered, they are cheap. */
  documentOf(source: string): KnownDocument;
  readonly size: number;
};

/** About 400 KB of text. */
export const defaultDocumentCacheBounds: CacheBounds = { entriesMax: 2_000, bytesMax: 64 * 1_024 * 1_024 };

/** Heap per character of text, tree and tokens together, as measured on an operation of 60 fields. */
const BYTES_PER_CHARACTER = 180;

/** Parses and admits each text once, within bounds. */
export const documentCache = (
  limits: OperationLimits,
  bounds = defaultDocumentCacheBounds,
): DocumentCache => {
  const documents = boundedCache<KnownDocument>(bounds);
  return {
    documentOf: (source) => {
      const known = documents.get(source);
      if (known !== undefined) return known;
      const node = parseDocument(source, limits);
      const { selections, comparisons } = admitDocument(node, limits);
      const document = {
        node,
        hash: queryHash(source),
        mayDefer: /\bdefer\b/.test(source),
        size: selections + comparisons,
      };
      documents.set(source, document, source.length * BYTES_PER_CHARACTER);
      return document;
    },
    get size() {
      return documents.size;
    },
  };
};

/** Of a request whose document was not looked for yet. */
export const noDocument: KnownDocument = {
  node: { kind: Kind.DOCUMENT, definitions: [] },
  hash: '',
  mayDefer: false,
  size: 0,
};
