import { randomBytes } from 'node:crypto';
import { bucketOf } from './bucket-of.ts';
import type { Brand } from './brand.ts';
import type { Clock } from './clock.ts';
import { defineErrors } from './errors.ts';

export type TenantId = Brand<'TenantId'>;
export type UserId = Brand<'UserId'>;
export type SessionId = Brand<'SessionId'>;
export type InvitationId = Brand<'InvitationId'>;
export type ProjectId = Brand<'ProjectId'>;
export type TaskId = Brand<'TaskId'>;
export type NotificationId = Brand<'NotificationId'>;
export type EventId = Brand<'EventId'>;

/** What an id is the id of: its first three letters. */
export type IdOf = {
  ten: TenantId;
  usr: UserId;
  ses: SessionId;
  inv: InvitationId;
  prj: ProjectId;
  tsk: TaskId;
  ntf: NotificationId;
  evt: EventId;
};
export type IdKind = keyof IdOf;

export const idErrors = defineErrors({
  ID_MALFORMED: { audience: 'client', retryable: false, message: 'This is not a valid id.' },
});

// Crockford's base 32 in lower case: sorts as it counts, and has no letters that are mistaken for digits.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_LENGTH = 10;
const BUCKET_LENGTH = 2;
const RANDOM_LENGTH = 14;
const BODY = new RegExp(`^[a-z]{3}_[0-7][${ALPHABET}]{${TIME_LENGTH + BUCKET_LENGTH + RANDOM_LENGTH - 1}}$`);

/**
 * A new id: `<kind>_<10 time><2 bucket><14 random>`, 30 characters, sortable by time, 70 random bits.
 *
 * @param bucket where the thing's tenant lives; every id of a tenant carries the tenant's own bucket.
 */
export const newId = <Kind extends IdKind>(kind: Kind, bucket: number, clock: Clock): IdOf[Kind] =>
  `${kind}_${encode(clock.now().getTime(), TIME_LENGTH)}${encode(bucket, BUCKET_LENGTH)}${randomPart()}` as IdOf[Kind];

/** A new tenant's id. Its bucket is the hash of its other parts, so that tenants spread evenly over the buckets. */
export const newTenantId = (clock: Clock): TenantId => {
  const time = encode(clock.now().getTime(), TIME_LENGTH);
  const random = randomPart();
  return `ten_${time}${encode(bucketOf(time + random), BUCKET_LENGTH)}${random}` as TenantId;
};

/**
 * Accepts a well-formed id of the kind that is expected here, and nothing else.
 *
 * @throws {AppError} `ID_MALFORMED`; such an id never reaches a database. A well-formed id may still name nothing.
 */
export const parseId = <Kind extends IdKind>(kind: Kind, raw: unknown, field = 'id'): IdOf[Kind] => {
  if (isId(kind, raw)) return raw;
  throw idErrors.ID_MALFORMED({ field, expected: `${kind}_…` });
};

export const isId = <Kind extends IdKind>(kind: Kind, raw: unknown): raw is IdOf[Kind] =>
  typeof raw === 'string' &&
  raw.startsWith(`${kind}_`) &&
  BODY.test(raw) &&
  (kind !== 'ten' || bucketOf(timePart(raw) + raw.slice(-RANDOM_LENGTH)) === bucketOfId(raw));

/** The bucket, 0 to 1023, that an id carries. Trusts its argument: parse first. */
export const bucketOfId = (id: string): number => {
  const [high = '', low = ''] = id.slice(4 + TIME_LENGTH, 4 + TIME_LENGTH + BUCKET_LENGTH);
  return ALPHABET.indexOf(high) * ALPHABET.length + ALPHABET.indexOf(low);
};

const timePart = (id: string): string => id.slice(4, 4 + TIME_LENGTH);

/** Asked for by the page: asking costs much more than the bytes. None is used twice. */
const PAGE_BYTES = 256 * RANDOM_LENGTH;
let page = Buffer.alloc(0);
let used = 0;

const randomPart = (): string => {
  if (used === page.length) {
    page = randomBytes(PAGE_BYTES);
    used = 0;
  }
  const from = used;
  used += RANDOM_LENGTH;
  let text = '';
  for (let at = from; at < used; at += 1) text += ALPHABET[(page[at] ?? 0) % ALPHABET.length];
  return text;
};

const encode = (value: number, length: number): string => {
  let rest = value;
  let text = '';
  for (let place = 0; place < length; place += 1) {
    text = (ALPHABET[rest % ALPHABET.length] ?? '') + text;
    rest = Math.floor(rest / ALPHABET.length);
  }
  if (rest > 0 || value < 0) throw new Error(`${value} does not fit into ${length} places.`);
  return text;
};
