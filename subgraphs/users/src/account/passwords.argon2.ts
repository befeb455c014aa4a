import { hash, verify } from '@node-rs/argon2';
import { accountErrors } from './account.errors.ts';
import type { Password, PasswordHash } from './account.values.ts';
import type { Passwords } from './passwords.port.ts';

// OWASP Password Storage Cheat Sheet: Argon2id (the library's number 2) with 19 MiB, two passes, one lane. Measured: 9 ms.
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// Two at a time leave half of libuv's four threads to everybody else; 512 in the queue are answered within about 3 s.
const RUNNING_MAX = 2;
const WAITING_MAX = 512;

/** Argon2id in libuv's thread pool, a few at a time, in the order in which they came. */
export const argon2Passwords = ({ runningMax = RUNNING_MAX, waitingMax = WAITING_MAX } = {}): Passwords => {
  const inTurn = turnstile(runningMax, waitingMax);
  const hashOf = (password: string) => hash(password, COST);
  const decoy = hashOf('nobody has this password');
  return {
    hash: (password: Password) => inTurn(async () => (await hashOf(password)) as PasswordHash),
    matches: (password, known) =>
      inTurn(async () => {
        const isRight = await verify(known ?? (await decoy), password);
        return isRight && known !== undefined;
      }),
  };
};

/** Lets `runningMax` through at once; `waitingMax` others wait in line, and more are refused. */
const turnstile = (runningMax: number, waitingMax: number) => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= runningMax) {
      if (waiting.length >= waitingMax) throw accountErrors.PASSWORDS_BUSY();
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // A turn is handed over without being given back, so that nobody can slip in between.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
};
