import { isId, parseId } from '@saas/kernel';
import { requireViewer } from '@saas/auth';
import { connectionOf, parsePage, payload } from '@saas/subgraph';
import type { MutationInput, UsersContext } from '../users.context.ts';
import { usersPage, type UserRow } from './account.queries.ts';
import type { KnownAccount } from './account.decider.ts';
import { offeredPassword, parseEmail, parsePassword, parsePersonName } from './account.values.ts';
import type { AccountOutcome } from './accounts.port.ts';

type UpdateProfileInput = MutationInput & { readonly name: string };
type ChangeEmailInput = MutationInput & { readonly newEmail: string; readonly currentPassword: string };
type ChangePasswordInput = MutationInput & { readonly currentPassword: string; readonly newPassword: string };
type DeactivateUserInput = MutationInput & { readonly userId: string };
type PageArgs = { readonly first?: number | null; readonly after?: string | null };
type Given<Input> = { readonly input: Input };

export const accountResolvers = {
  Query: {
    me: (_: unknown, __: unknown, { viewer, userById }: UsersContext) =>
      viewer.status === 'anonymous' ? null : userById.load(viewer.userId),

    user: (_: unknown, { id }: { readonly id: string }, { viewer, userById }: UsersContext) => {
      const userId = parseId('usr', id);
      requireViewer(viewer);
      return userById.load(userId);
    },

    users: async (_: unknown, args: PageArgs, { read }: UsersContext) => {
      const page = parsePage(args);
      const rows = await read((tx, tenantId) => usersPage(tx, tenantId, page));
      return connectionOf(rows, page, ({ id }) => id);
    },
  },

  Mutation: {
    updateProfile: (_: unknown, { input }: Given<UpdateProfileInput>, context: UsersContext) =>
      payload(async () => {
        const asked = context.asked('updateProfile', input);
        return changed(
          await context.services.accounts.updateProfile(asked, parsePersonName(input.name)),
          context,
        );
      }),

    changeEmail: (_: unknown, { input }: Given<ChangeEmailInput>, context: UsersContext) =>
      payload(async () => {
        const asked = context.asked('changeEmail', input);
        const change = {
          email: parseEmail(input.newEmail, 'newEmail'),
          current: offeredPassword(input.currentPassword),
        };
        return changed(await context.services.accounts.changeEmail(asked, change), context);
      }),

    changePassword: (_: unknown, { input }: Given<ChangePasswordInput>, context: UsersContext) =>
      payload(async () => {
        const asked = context.asked('changePassword', input);
        const change = {
          current: offeredPassword(input.currentPassword),
          next: parsePassword(input.newPassword, 'newPassword'),
        };
        return changed(await context.services.accounts.changePassword(asked, change), context);
      }),

    deactivateUser: (_: unknown, { input }: Given<DeactivateUserInput>, context: UsersContext) =>
      payload(async () => {
        const asked = context.asked('deactivateUser', input);
        const userId = parseId('usr', input.userId, 'userId');
        return changed(await context.services.accounts.deactivate(asked, userId), context);
      }),

    logoutEverywhere: (_: unknown, __: unknown, context: UsersContext) =>
      payload(async () => {
        const asked = context.asked('logoutEverywhere', {});
        return changed(await context.services.accounts.revokeSessions(asked), context);
      }),
  },

  User: {
    /** Other subgraphs know a user by the key alone. Another tenant's user is null: absence and denial look the same. */
    __resolveReference: ({ id }: { readonly id: string }, { userById }: UsersContext) =>
      isId('usr', id) ? userById.load(id) : null,

    tenant: ({ tenantId }: UserRow, _: unknown, context: UsersContext) => context.tenantById.load(tenantId),
  },
};

/** Shows an account as it was decided; a replica may not know it yet. */
export const userOf = (account: KnownAccount, version: number): UserRow => ({
  id: account.userId,
  tenantId: account.tenantId,
  name: account.name,
  email: account.email,
  role: account.role,
  status: account.status === 'active' ? 'ACTIVE' : 'DEACTIVATED',
  version,
  createdAt: account.createdAt,
  updatedAt: account.updatedAt,
});

const changed = ({ account, version, token }: AccountOutcome, context: UsersContext) => {
  context.keepToken(token);
  return { user: userOf(account, version) };
};
