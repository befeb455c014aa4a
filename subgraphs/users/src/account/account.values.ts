import { isVisibleLine, showsSomething, type Brand } from '@saas/kernel';
import { accountErrors } from './account.errors.ts';

export type PersonName = Brand<'PersonName'>;
/** A valid address, as its owner wrote it. */
export type Email = Brand<'Email'>;
/** An address in the form in which two spellings of it are equal. */
export type EmailKey = Brand<'EmailKey'>;
export type Password = Brand<'Password'>;
/** An encoded hash with its own salt and parameters. It never appears in a log, a read model or an announcement. */
export type PasswordHash = Brand<'PasswordHash'>;

const NAME_LENGTH_MAX = 255;
const EMAIL_LENGTH_MAX = 254;
const PASSWORD_LENGTH_MIN = 8;
const PASSWORD_LENGTH_MAX = 128;

// The rule of HTML's `<input type=email>` (WHATWG HTML, 4.10.5.1.5), and at least one dot in the domain.
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const EMAIL = new RegExp(`^[a-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@${LABEL}(?:\\.${LABEL})+$`, 'i');

/**
 * A person's name fit to show: trimmed, 1 to 255 characters that show something on one line.
 *
 * @throws {AppError} `NAME_INVALID`, with the bound.
 */
export const parsePersonName = (raw: string): PersonName => {
  const name = raw.trim();
  if (isVisibleLine(name, NAME_LENGTH_MAX)) return name as PersonName;
  throw accountErrors.NAME_INVALID({ field: 'name', lengthMax: NAME_LENGTH_MAX });
};

/**
 * An address that mail can be sent to, in form: trimmed, at most 254 characters. Whether it exists only a mail can tell.
 *
 * @throws {AppError} `EMAIL_INVALID`.
 */
export const parseEmail = (raw: string, field = 'email'): Email => {
  const email = raw.trim();
  if (email.length <= EMAIL_LENGTH_MAX && EMAIL.test(email)) return email as Email;
  throw accountErrors.EMAIL_INVALID({ field, lengthMax: EMAIL_LENGTH_MAX });
};

/** What is read in place of a person's name, address and password hash once they are erased. Mail to it goes nowhere. */
// RFC 2606, section 2: nobody can ever own a name below `invalid`.
export const erasedPerson = {
  name: 'Erased user' as PersonName,
  email: 'erased@erased.invalid' as Email,
  /** Matches no password. */
  passwordHash: '' as PasswordHash,
};

/** Two addresses with the same key are the same address. Permanent: it is the primary key of the directory. */
export const emailKeyOf = (email: Email): EmailKey => email.toLowerCase() as EmailKey;

/** Whose personal data it is when all that is known of a person is an address. */
export const addressSubject = (email: Email): string => `mailto:${emailKeyOf(email)}`;

/**
 * A new password: 8 to 128 characters, whatever they are, as long as one of them can be seen.
 *
 * @throws {AppError} `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG` or `PASSWORD_BLANK`.
 * @see NIST SP 800-63B, section 5.1.1.2: no composition rules; Unicode is normalised before hashing.
 */
export const parsePassword = (raw: string, field = 'password'): Password => {
  const password = normalisePassword(raw);
  const { length } = Array.from(password);
  if (length < PASSWORD_LENGTH_MIN) {
    throw accountErrors.PASSWORD_TOO_SHORT({ field, lengthMin: PASSWORD_LENGTH_MIN });
  }
  if (length > PASSWORD_LENGTH_MAX) {
    throw accountErrors.PASSWORD_TOO_LONG({ field, lengthMax: PASSWORD_LENGTH_MAX });
  }
  if (!showsSomething(password)) throw accountErrors.PASSWORD_BLANK({ field });
  return password;
};

/** A password that somebody offers as a proof. Only as much of it is kept as could be right, so hashing stays cheap. */
export const offeredPassword = (raw: string): Password =>
  normalisePassword(raw.slice(0, 4 * PASSWORD_LENGTH_MAX));

const normalisePassword = (raw: string): Password => raw.normalize('NFKC') as Password;
