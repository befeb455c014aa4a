import type { Password, PasswordHash } from './account.values.ts';

/** Makes and checks password hashes, a bounded number at a time. */
export type Passwords = {
  /** @throws {AppError} `PASSWORDS_BUSY` when too many are waiting already. */
  hash(password: Password): Promise<PasswordHash>;

  /**
   * Says whether `password` is the one that `hash` was made from. Without a hash it takes as long and says no, so that nobody
   * can tell by the time whether an account exists.
   *
   * @throws {AppError} `PASSWORDS_BUSY` when too many are waiting already.
   */
  matches(password: Password, hash: PasswordHash | undefined): Promise<boolean>;
};
