import { requireViewer } from '@saas/auth';
import { claimOf, type Claim } from '@saas/event-sourcing';
import type { Clock, TenantId, UserId } from '@saas/kernel';
import type { ShardedDatabase } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-users';
import { loader, type Loader, type SubgraphRequest } from '@saas/subgraph';
import { usersById, type UserRow } from './account/account.queries.ts';
import type { Accounts } from './account/accounts.process.ts';
import type { Asked } from './account/accounts.port.ts';
import type { Invitations } from './invitation/invitations.process.ts';
import type { Register } from './registration/registration.process.ts';
import type { Sessions } from './session/sessions.port.ts';
import { tenantById, type TenantRow } from './tenant/tenant.queries.ts';

/** Everything that changes something in this service. */
export type UsersServices = {
  readonly register: Register;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly invitations: Invitations;
};

type Tx = Prisma.TransactionClient;

/** Everything a resolver may touch, made anew for each request. */
export type UsersContext = SubgraphRequest & {
  readonly clock: Clock;
  readonly services: UsersServices;
  /** Proves that an invitation's token is ours. */
  readonly invitationSecret: string;
  /** What a mutation of the viewer carries. @throws {AppError} `UNAUTHENTICATED`, `IDEMPOTENCY_KEY_INVALID`. */
  readonly asked: (operation: string, input: MutationInput) => Asked;
  /** The claim of somebody who has not signed in; nothing without a key. */
  readonly anonymousClaim: (operation: string, input: MutationInput) => Claim | undefined;
  /** One read as the viewer's tenant. @throws {AppError} `UNAUTHENTICATED`. */
  readonly read: <Result>(work: (tx: Tx, tenantId: TenantId) => Promise<Result>) => Promise<Result>;
  /** The users of the viewer's tenant; all others are absent. */
  readonly userById: Loader<UserId, UserRow>;
  /** Any tenant: ask only for one that the viewer is known to belong to. */
  readonly tenantById: Loader<TenantId, TenantRow>;
};

/** What every mutation's input has. */
export type MutationInput = {
  readonly idempotencyKey?: string | null;
  readonly expectedVersion?: number | null;
};

type Options = {
  readonly database: Pick<ShardedDatabase<Tx>, 'read'>;
  readonly services: UsersServices;
  readonly clock: Clock;
  /** Keys the hashes of requests, and the tokens of invitations. */
  readonly claimSecret: string;
};

/** Makes the context of each request. */
export const contextFactory =
  ({ database, services, clock, claimSecret: secret }: Options) =>
  (request: SubgraphRequest): UsersContext => {
    const { viewer, origin, currentToken } = request;
    const readAs = <Result>(tenantId: TenantId, work: (tx: Tx) => Promise<Result>): Promise<Result> =>
      database.read({ tenantId, token: currentToken(), patience: request }, work);
    const claimIn = (scope: string, operation: string, input: MutationInput) =>
      claimOf({ scope, operation, input, secret });

    return {
      ...request,
      clock,
      services,
      invitationSecret: secret,
      anonymousClaim: (operation, input) => claimIn('anonymous', operation, input),
      asked: (operation, input) => {
        const known = requireViewer(viewer);
        const claim = claimIn(known.userId, operation, input);
        const expectedVersion = input.expectedVersion ?? undefined;
        return { viewer: known, ...origin, claim, expectedVersion, endsAtMs: request.endsAtMs };
      },
      read: async (work) => {
        const { tenantId } = requireViewer(viewer);
        return readAs(tenantId, (tx) => work(tx, tenantId));
      },
      userById: loader(async (ids) => {
        if (viewer.status === 'anonymous') return new Map();
        return readAs(viewer.tenantId, (tx) => usersById(tx, viewer.tenantId, ids));
      }),
      tenantById: loader((ids) => Promise.all(ids.map((id) => readAs(id, (tx) => tenantById(tx, id))))),
    };
  };
