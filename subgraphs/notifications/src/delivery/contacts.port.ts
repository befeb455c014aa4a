import type { TenantId, UserId } from '@saas/kernel';

/** How a person is reached at this moment. */
export type Contact = { readonly name: string; readonly email: string };

/** Knows how people are reached. Asked when something is sent, so that no copy of an address is kept here. */
export type Contacts = {
  /**
   * The person's contact, or undefined when there is none (any more): closed, erased or unknown.
   *
   * @throws {AppError} `CONTACTS_UNAVAILABLE` when nobody can say.
   */
  readonly contactOf: (
    tenantId: TenantId,
    userId: UserId,
    signal: AbortSignal,
  ) => Promise<Contact | undefined>;
};
