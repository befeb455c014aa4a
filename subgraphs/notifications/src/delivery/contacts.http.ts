import { anonymous, IDENTITY_HEADER, signIdentity } from '@saas/auth';
import { isVisibleLine, type Clock } from '@saas/kernel';
import type { Contact, Contacts } from './contacts.port.ts';
import { deliveryErrors } from './delivery.errors.ts';

type Options = {
  /** Where the users service listens: `http://users:4001`. */
  readonly url: string;
  /** Opens the users service's contacts to us, and nothing else of it. */
  readonly key: string;
  readonly clock: Clock;
};

const AUDIENCE = 'contacts';
const NAME_LENGTH_MAX = 255;
const EMAIL = /^[^\s@<>]{1,64}@[^\s@<>]{1,190}$/;

/** Asks the users service. An answer that is not what it promises counts as none: better late than to a wrong address. */
export const httpContacts = ({ url, key, clock }: Options): Contacts => ({
  contactOf: async (tenantId, userId, signal) => {
    const identity = signIdentity({ key, audience: AUDIENCE, clock }, anonymous);
    try {
      const response = await fetch(new URL(`/contacts/${tenantId}/${userId}`, url), {
        headers: { [IDENTITY_HEADER]: identity },
        redirect: 'error',
        signal,
      });
      if (response.status !== 200) throw deliveryErrors.CONTACTS_UNAVAILABLE({ status: response.status });
      const { contact } = (await response.json()) as { readonly contact?: unknown };
      if (contact === null) return undefined;
      if (isContact(contact)) return contact;
    } catch (error) {
      throw deliveryErrors.CONTACTS_UNAVAILABLE({}, error);
    }
    throw deliveryErrors.CONTACTS_UNAVAILABLE();
  },
});

const isContact = (raw: unknown): raw is Contact =>
  typeof raw === 'object' &&
  raw !== null &&
  'name' in raw &&
  'email' in raw &&
  typeof raw.name === 'string' &&
  typeof raw.email === 'string' &&
  isVisibleLine(raw.name, NAME_LENGTH_MAX) &&
  EMAIL.test(raw.email);
