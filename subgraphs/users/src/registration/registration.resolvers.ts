import { payload } from '@saas/subgraph';
import { userOf } from '../account/account.resolvers.ts';
import { parseEmail, parsePassword, parsePersonName } from '../account/account.values.ts';
import { parseInvitationToken } from '../invitation/invitation-token.values.ts';
import { parseTenantName } from '../tenant/tenant.values.ts';
import { tenantOf } from '../tenant/tenant.resolvers.ts';
import type { MutationInput, UsersContext } from '../users.context.ts';
import type { Place } from './registration.decider.ts';
import { registrationErrors } from './registration.errors.ts';

type RegisterInput = MutationInput & {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly tenantName?: string | null;
  readonly invitationToken?: string | null;
};

export const registrationResolvers = {
  Mutation: {
    register: (_: unknown, { input }: { readonly input: RegisterInput }, context: UsersContext) =>
      payload(async () => {
        const claim = context.anonymousClaim('register', input);
        const { account, version, tenant, token } = await context.services.register({
          name: parsePersonName(input.name),
          email: parseEmail(input.email),
          password: parsePassword(input.password),
          place: placeOf(input, context.invitationSecret),
          requestId: context.requestId,
          ...(claim && { claim }),
        });
        context.keepToken(token);
        return { user: userOf(account, version), tenant: tenantOf(tenant) };
      }),
  },
};

const placeOf = ({ tenantName, invitationToken }: RegisterInput, secret: string): Place => {
  const hasName = typeof tenantName === 'string';
  if (hasName === (typeof invitationToken === 'string'))
    throw registrationErrors.REGISTRATION_PLACE_INVALID();
  return hasName
    ? { type: 'found', tenantName: parseTenantName(tenantName) }
    : { type: 'join', ...parseInvitationToken(invitationToken ?? '', secret) };
};
