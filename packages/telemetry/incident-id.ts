import { randomBytes } from 'node:crypto';

/** `inc_` and 16 hexadecimal digits: what a client is told instead of a failure, and by which its log line is found. */
export const incidentId = (): string => `inc_${randomBytes(8).toString('hex')}`;
