/** What Apollo's clients know as incremental delivery, of the proposal of 24 August 2022. */
export const MULTIPART_TYPE = 'multipart/mixed; boundary="-"; deferSpec=20220824';

const PART_HEAD = '\r\ncontent-type: application/json; charset=utf-8\r\n\r\n';

/**
 * JSON texts as the parts of a multipart body. The boundary goes out with the part that it ends, so that a client may
 * read the part before the next one is there.
 *
 * @see https://github.com/graphql/graphql-over-http/blob/main/rfcs/IncrementalDelivery.md
 */
export const multipart = async function* (parts: AsyncIterable<string>): AsyncGenerator<string> {
  yield '\r\n---';
  for await (const json of parts) yield `${PART_HEAD}${json}\r\n---`;
  yield '--\r\n';
};
