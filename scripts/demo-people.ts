import {
  parseEmail,
  parsePassword,
  parsePersonName,
  parseTenantName,
  type Registered,
  type RunningUsers,
} from '@saas/users';
import { demoPerson, demoTenants, USERS_PER_TENANT } from './demo-content.ts';
import {
  DEMO_PASSWORD,
  demoClaim,
  demoViewer,
  inGroupsOf,
  type DemoTenant,
  type DemoUser,
} from './demo-context.ts';

const AT_ONCE = 4;

/** The tenants with their people: the owner registers, invites the others, and each of them registers. */
export const seedPeople = (
  { register, invitations }: RunningUsers['services'],
  report: (made: number) => void,
): Promise<readonly DemoTenant[]> => {
  let made = 0;
  const join = async (tenant: number, person: number, place: Parameters<typeof register>[0]['place']) => {
    const { name, email } = demoPerson(tenant, person);
    const registered = await register({
      name: parsePersonName(name),
      email: parseEmail(email),
      password: parsePassword(DEMO_PASSWORD),
      place,
      requestId: 'demo',
      claim: demoClaim(`register-${tenant}-${person}`, 'anonymous'),
    });
    report((made += 1));
    return registered;
  };
  const invite = async (owner: Registered, tenant: number, person: number): Promise<DemoUser> => {
    const { tenantId } = owner.tenant;
    const { name, email } = demoPerson(tenant, person);
    const role = person === 1 ? 'ADMIN' : 'MEMBER';
    const { invitation } = await invitations.issue(
      {
        viewer: demoViewer(tenantId, owner.account.userId),
        requestId: 'demo',
        claim: demoClaim(`invite-${tenant}-${person}`),
      },
      { email: parseEmail(email), role },
    );
    const { invitationId } = invitation;
    const { account } = await join(tenant, person, { type: 'join', tenantId, invitationId });
    return { userId: account.userId, name, email };
  };

  return Promise.all(
    demoTenants.map(async ({ name }, index) => {
      const owner = await join(index, 0, { type: 'found', tenantName: parseTenantName(name) });
      const users: DemoUser[] = [{ userId: owner.account.userId, ...demoPerson(index, 0) }];
      const guests = Array.from({ length: USERS_PER_TENANT - 1 }, (_, guest) => guest + 1);
      for (const group of inGroupsOf(AT_ONCE, guests)) {
        users.push(...(await Promise.all(group.map((guest) => invite(owner, index, guest)))));
      }
      return { index, tenantId: owner.tenant.tenantId, users };
    }),
  );
};
