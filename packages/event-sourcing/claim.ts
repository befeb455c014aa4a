import { createHmac } from 'node:crypto';
import { canonicalJson, defineErrors, isAppError, type TenantId } from '@saas/kernel';
import { eventStoreErrors, type Claim, type EventStore, type StreamVersion } from './event-store.port.ts';

export const claimErrors = defineErrors({
  IDEMPOTENCY_KEY_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'An idempotency key has 1 to 128 printable ASCII characters.',
  },
});

const KEY = /^[\x21-\x7e]{1,128}$/;

type Options = {
  /** Whose keys these are: a user's id, `anonymous`, a consumer's name. */
  readonly scope: string;
  /** The name of the operation; the same key for another operation is another request. */
  readonly operation: string;
  /** Everything the caller sent, its key included. */
  readonly input: { readonly idempotencyKey?: string | null };
  /** Hashes are keyed, for inputs may hold passwords. */
  readonly secret: string;
};

/**
 * The claim a request makes; undefined without a key, for then nobody can repeat it.
 *
 * @throws {AppError} `IDEMPOTENCY_KEY_INVALID` for a key that is empty, too long, or not printable.
 */
export const claimOf = ({ scope, operation, input, secret }: Options): Claim | undefined => {
  const { idempotencyKey: key, ...request } = input;
  if (key === undefined || key === null) return undefined;
  if (!KEY.test(key)) throw claimErrors.IDEMPOTENCY_KEY_INVALID({ field: 'idempotencyKey', lengthMax: 128 });
  const requestHash = createHmac('sha256', secret)
    .update(canonicalJson([operation, request]))
    .digest('base64url');
  return { scope, key, requestHash };
};

/**
 * What the store has honoured the claim with, if it has. The store knows of keys; here it is told which input held it.
 *
 * @throws {AppError} `IDEMPOTENCY_KEY_REUSED`, of the field `idempotencyKey`.
 */
export const honouredClaim = async (
  store: EventStore,
  tenantId: TenantId,
  claim: Claim,
): Promise<readonly StreamVersion[] | undefined> => {
  try {
    return await store.honoured(tenantId, claim);
  } catch (error) {
    if (!isAppError(error, 'IDEMPOTENCY_KEY_REUSED')) throw error;
    throw eventStoreErrors.IDEMPOTENCY_KEY_REUSED({ field: 'idempotencyKey' }, error);
  }
};
