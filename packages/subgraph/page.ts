import { subgraphErrors } from './subgraph.errors.ts';

/** Entries of a page when the caller does not say. */
export const PAGE_SIZE = 20;
/** No page has more entries. */
export const PAGE_SIZE_MAX = 100;
const CURSOR_LENGTH_MAX = 512;

/** Which part of a list is asked for. */
export type Page = {
  /** Fetch one row more than this; it tells whether there is a next page. */
  readonly limit: number;
  /** The text that `cursorOf` gave for the row before the page; a list still has to check that it understands it. */
  readonly after: string | undefined;
};

/** A page as clients see it. */
export type Connection<Node> = {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

type PageArgs = { readonly first?: number | null | undefined; readonly after?: string | null | undefined };

/**
 * Accepts `first` from 1 to {@link PAGE_SIZE_MAX} ({@link PAGE_SIZE} when absent) and a cursor of `connectionOf`.
 *
 * @throws {AppError} `PAGE_SIZE_INVALID` or `CURSOR_MALFORMED`.
 */
export const parsePage = ({ first, after }: PageArgs): Page => {
  const limit = first ?? PAGE_SIZE;
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_SIZE_MAX) {
    throw subgraphErrors.PAGE_SIZE_INVALID({ field: 'first', sizeMax: PAGE_SIZE_MAX });
  }
  return { limit, after: after === undefined || after === null ? undefined : decodeCursor(after) };
};

/**
 * A page of a list.
 *
 * @param rows what was fetched with `page.limit + 1`, in the list's order; the one too many is left out.
 * @param cursorOf the text that finds a row's place again; clients get it encoded, and must not read it.
 */
export const connectionOf = <Row>(
  rows: readonly Row[],
  page: Page,
  cursorOf: (row: Row) => string,
): Connection<Row> => {
  const nodes = rows.slice(0, page.limit);
  const edges = nodes.map((node) => ({ cursor: encodeCursor(cursorOf(node)), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > page.limit,
      hasPreviousPage: page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};

/** Makes a place in a list opaque: base64url. */
export const encodeCursor = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

/** @throws {AppError} `CURSOR_MALFORMED` for anything that `encodeCursor` does not write. */
export const decodeCursor = (cursor: string): string => {
  const text = cursor.length <= CURSOR_LENGTH_MAX ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  // Decoding is lenient; encoding again shows whether it had to be.
  if (text === '' || encodeCursor(text) !== cursor) throw subgraphErrors.CURSOR_MALFORMED({ field: 'after' });
  return text;
};
