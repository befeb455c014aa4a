export type { Asked } from './account/accounts.port.ts';
export { parseEmail, parsePassword, parsePersonName } from './account/account.values.ts';
export { parseInvitationToken } from './invitation/invitation-token.values.ts';
export type { Registered } from './registration/registration.decider.ts';
export type { Registration } from './registration/registration.process.ts';
export { parseTenantName } from './tenant/tenant.values.ts';
export { readUsersConfig, type UsersConfig } from './users.config.ts';
export type { UsersServices } from './users.context.ts';
export { startUsers, type RunningUsers, type UsersAdapters } from './wiring.ts';
