import { isAppError } from '@saas/kernel';
import { requireViewer } from '@saas/auth';
import { payload } from '@saas/subgraph';
import { userOf } from '../account/account.resolvers.ts';
import { offeredPassword, parseEmail, type Email } from '../account/account.values.ts';
import type { UsersContext } from '../users.context.ts';
import { parseRefreshToken } from './refresh-token.values.ts';
import { liveSessions, type SessionRow } from './session.queries.ts';
import type { SignedIn } from './sessions.port.ts';

type LoginInput = { readonly email: string; readonly password: string };
type RefreshSessionInput = { readonly refreshToken: string };

export const sessionResolvers = {
  Query: {
    mySessions: (_: unknown, __: unknown, { viewer, read, clock }: UsersContext) => {
      const { userId } = requireViewer(viewer);
      return read((tx, tenantId) => liveSessions(tx, tenantId, userId, clock.now().toISOString()));
    },
  },

  Session: {
    isCurrent: ({ id }: SessionRow, _: unknown, { viewer }: UsersContext) =>
      viewer.status === 'authenticated' && viewer.sessionId === id,
  },

  Mutation: {
    login: (_: unknown, { input }: { readonly input: LoginInput }, context: UsersContext) =>
      payload(async () => {
        const { services, requestId } = context;
        const password = offeredPassword(input.password);
        return tokensOf(await services.sessions.login(addressOf(input.email), password, requestId), context);
      }),

    refreshSession: (_: unknown, { input }: { readonly input: RefreshSessionInput }, context: UsersContext) =>
      payload(async () => {
        const { services, requestId } = context;
        return tokensOf(
          await services.sessions.trade(parseRefreshToken(input.refreshToken), requestId),
          context,
        );
      }),

    logout: (_: unknown, __: unknown, context: UsersContext) =>
      payload(async () => {
        const viewer = requireViewer(context.viewer);
        context.keepToken(await context.services.sessions.end(viewer, context.requestId));
        return { sessionId: viewer.sessionId };
      }),
  },
};

/** At the door, an impossible address is one that nobody has. */
const addressOf = (raw: string): Email | undefined => {
  try {
    return parseEmail(raw);
  } catch (error) {
    if (!isAppError(error, 'EMAIL_INVALID')) throw error;
    return undefined;
  }
};

const tokensOf = ({ account, version, token, ...tokens }: SignedIn, context: UsersContext) => {
  context.keepToken(token);
  return { ...tokens, user: userOf(account, version) };
};
