import { allEvents } from '@saas/event-sourcing';
import { accountEvents } from './account/account.events.ts';
import { invitationEvents } from './invitation/invitation.events.ts';
import { sessionEvents } from './session/session.events.ts';
import { tenantEvents } from './tenant/tenant.events.ts';

/** Everything this service ever stores. */
export const usersEvents = allEvents(accountEvents, invitationEvents, sessionEvents, tenantEvents);
