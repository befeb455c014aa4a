export type { Asked } from './account/accounts.port.ts';
export { erasedPerson, parseEmail, parsePassword, parsePersonName } from './account/account.values.ts';
export { plainPasswords } from './account/passwords.memory.ts';
export type { Passwords } from './account/passwords.port.ts';
export type { EmailDirectory } from './directory/email-directory.port.ts';
export { postgresEmailDirectory } from './directory/email-directory.postgres.ts';
export { parseInvitationToken } from './invitation/invitation-token.values.ts';
export type { Place, Registered } from './registration/registration.decider.ts';
export type { Registration } from './registration/registration.process.ts';
export { parseTenantName } from './tenant/tenant.values.ts';
export { usersEvents } from './users.events.ts';
export { readUsersConfig, type UsersConfig } from './users.config.ts';
export type { UsersServices } from './users.context.ts';
export type { ErasurePlan, PersonErasure } from './erasure/erasure.process.ts';
export type { Erasure } from './erasure/erasures.port.ts';
export {
  openErasure,
  startUsers,
  usersReadModels,
  usersRebuilding,
  type RegistrationParts,
  type RunningUsers,
  type UsersAdapters,
} from './wiring.ts';
