import { expect, it } from '@jest/globals';
import { parsePassword, type PasswordHash } from './account.values.ts';
import { argon2Passwords } from './passwords.argon2.ts';

const [right, wrong] = [parsePassword('correct horse'), parsePassword('battery staple')];

it('knows a password by its hash, and no other', async () => {
  const passwords = argon2Passwords();
  const known = await passwords.hash(right);
  expect(known).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.matches(right, known)).toBe(true);
  expect(await passwords.matches(wrong, known)).toBe(false);
});

it('salts every hash', async () => {
  const passwords = argon2Passwords();
  expect(await passwords.hash(right)).not.toBe(await passwords.hash(right));
});

it('says no without a hash, even to the password of the decoy', async () => {
  const passwords = argon2Passwords();
  expect(await passwords.matches(parsePassword('nobody has this password'), undefined)).toBe(false);
});

it('refuses what it could not do soon, and goes on after a failure', async () => {
  const passwords = argon2Passwords({ runningMax: 1, waitingMax: 1 });
  const broken = 'not a hash' as PasswordHash;
  const [first, second, third] = await Promise.allSettled([
    passwords.matches(right, broken),
    passwords.matches(right, undefined),
    passwords.matches(right, undefined),
  ]);
  expect(first).toMatchObject({ status: 'rejected' });
  expect(second).toEqual({ status: 'fulfilled', value: false });
  expect(third).toMatchObject({ status: 'rejected', reason: { code: 'PASSWORDS_BUSY' } });
  expect(await passwords.matches(right, undefined)).toBe(false);
});
