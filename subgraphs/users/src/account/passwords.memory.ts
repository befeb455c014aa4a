import { createHash } from 'node:crypto';
import type { PasswordHash } from './account.values.ts';
import type { Passwords } from './passwords.port.ts';

/** Hashes that cost nothing and protect nothing. For tests. */
export const plainPasswords = (): Passwords => {
  const hashOf = (password: string): PasswordHash =>
    createHash('sha256').update(password).digest('base64url') as PasswordHash;
  return {
    hash: async (password) => hashOf(password),
    matches: async (password, hash) => hash !== undefined && hash === hashOf(password),
  };
};
