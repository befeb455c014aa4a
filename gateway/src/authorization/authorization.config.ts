import { choice, milliseconds } from '@saas/config';

/** What becomes of operations that ask for more than their client may have: part of the gateway's settings. */
export const authorizationSettings = {
  AUTHORIZATION: choice(['filter', 'reject'])
    .default('filter')
    .describe(
      'Fields that `@authenticated`, `@requiresScopes` or `@policy` keep from a client are answered null (`filter`), or refuse the whole operation (`reject`).',
    ),
  POLICY_TIMEOUT_MS: milliseconds()
    .default(1_000)
    .describe('How long it may take to say which policies of `@policy` hold; later, none does.'),
};
