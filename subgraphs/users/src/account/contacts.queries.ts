import { IDENTITY_HEADER, verifyIdentity } from '@saas/auth';
import { parseId, type Clock, type TenantId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-users';
import type { Route } from '@saas/subgraph';
import { usersById } from './account.queries.ts';

type Options = {
  readonly database: {
    readPrimary<Result>(
      scope: { readonly tenantId: TenantId },
      work: (tx: Prisma.TransactionClient) => Promise<Result>,
    ): Promise<Result>;
  };
  /** Shared with whoever sends messages to people. It opens nothing but this route. */
  readonly key: string;
  readonly clock: Clock;
};

/**
 * `GET /contacts/<tenant>/<user>`: how a person is reached at this moment, `{"contact":{"name","email"}}`; null when the
 * account is closed or unknown. Announcements carry no addresses, so whoever sends something asks here, each time.
 *
 * Refuses with 401 `CALLER_UNKNOWN` whoever does not have the key, and malformed ids with `ID_MALFORMED`.
 */
export const contactsRoute = ({ database, key, clock }: Options): Route => ({
  path: '/contacts/:tenantId/:userId',
  answer: async ({ params, headers }) => {
    const token = headers[IDENTITY_HEADER];
    verifyIdentity({ key, audience: 'contacts', clock }, typeof token === 'string' ? token : undefined);
    const tenantId = parseId('ten', params['tenantId']);
    const userId = parseId('usr', params['userId']);
    const users = await database.readPrimary({ tenantId }, (tx) => usersById(tx, tenantId, [userId]));
    const user = users.get(userId);
    const contact = user?.status === 'ACTIVE' ? { name: user.name, email: user.email } : null;
    return { headers: { 'cache-control': 'no-store' }, body: { contact } };
  },
});
