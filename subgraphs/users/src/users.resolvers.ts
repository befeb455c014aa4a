import { dateTimeScalar } from '@saas/subgraph';
import { accountResolvers } from './account/account.resolvers.ts';
import { invitationResolvers } from './invitation/invitation.resolvers.ts';
import { registrationResolvers } from './registration/registration.resolvers.ts';
import { sessionResolvers } from './session/session.resolvers.ts';
import { tenantResolvers } from './tenant/tenant.resolvers.ts';

/** Every resolver of the subgraph; `schema.graphql` says what they answer. */
export const usersResolvers = {
  DateTime: dateTimeScalar,
  Query: { ...accountResolvers.Query, ...tenantResolvers.Query, ...sessionResolvers.Query },
  Mutation: {
    ...registrationResolvers.Mutation,
    ...accountResolvers.Mutation,
    ...sessionResolvers.Mutation,
    ...invitationResolvers.Mutation,
  },
  User: accountResolvers.User,
  Tenant: tenantResolvers.Tenant,
  Session: sessionResolvers.Session,
};
