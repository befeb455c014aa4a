import type { DocumentNode } from 'graphql';
import { admitDocument } from '../admission/admit-document.ts';
import type { OperationLimits } from '../admission/operation-limits.ts';
import { parseDocument } from '../admission/parse-document.ts';
import { boundedCache, type CacheBounds } from './bounded-cache.ts';

export type DocumentCache = {
  /**
   * The document of a text, parsed and within the limits. As long as it is remembered, the same text gives the same
   * object: what else is known of a document (that it is valid, its plan) can hang on it in a `WeakMap`.
   *
   * @throws {AppError} whatever `parseDocument` and `admitDocument` refuse; refusals are not remembered, they are cheap.
   */
  documentOf(source: string): DocumentNode;
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
  const documents = boundedCache<DocumentNode>(bounds);
  return {
    documentOf: (source) => {
      const known = documents.get(source);
      if (known !== undefined) return known;
      const document = parseDocument(source, limits);
      admitDocument(document, limits);
      documents.set(source, document, source.length * BYTES_PER_CHARACTER);
      return document;
    },
    get size() {
      return documents.size;
    },
  };
};
