import { createHash } from 'node:crypto';

/** SHA-256 of the text in UTF-8, in 64 lower-case hexadecimal digits: what Apollo's tools call the query's hash. */
export const queryHash = (query: string): string => createHash('sha256').update(query).digest('hex');
