import { describeStoredExamples } from '@saas/event-sourcing/testing';
import { account } from './account/account.decider.ts';
import { accountEvents } from './account/account.events.ts';
import { invitation } from './invitation/invitation.decider.ts';
import { invitationEvents } from './invitation/invitation.events.ts';
import { session, sessionSnapshots } from './session/session.decider.ts';
import { sessionEvents } from './session/session.events.ts';
import { tenant } from './tenant/tenant.decider.ts';
import { tenantEvents } from './tenant/tenant.events.ts';

describeStoredExamples({
  service: 'users',
  folder: new URL('../events.fixtures/', import.meta.url),
  aggregates: [
    { name: 'account', schemas: accountEvents, decider: account },
    { name: 'invitation', schemas: invitationEvents, decider: invitation },
    { name: 'session', schemas: sessionEvents, decider: session, snapshots: sessionSnapshots },
    { name: 'tenant', schemas: tenantEvents, decider: tenant },
  ],
});
