import type { Prisma } from '@saas/prisma-users';
import type { ReadModel } from '@saas/postgres';
import type { RecordedEvent } from '@saas/event-sourcing';
import { assertNever } from '@saas/kernel';
import type { AccountEvent } from './account.events.ts';
import { erasedPerson } from './account.values.ts';

/** Keeps the tenant's list of people. The password hash stays in the stream. */
export const accountsProjection: ReadModel<Prisma.TransactionClient> = {
  name: 'accounts-1',
  tables: ['accounts'],
  async apply(events, tx) {
    const ours = events.filter(isAccountEvent);
    const created = ours.flatMap((event) => (event.type === 'UserWasCreated' ? [rowOf(event)] : []));
    if (created.length > 0) await tx.account.createMany({ data: created });
    for (const event of ours) {
      const data = changesOf(event);
      if (!data) continue;
      const where = { tenantId: event.tenantId, userId: event.stream.slice('account-'.length) };
      await tx.account.updateMany({ where, data: { ...data, version: event.version } });
    }
  },
};

const isAccountEvent = (event: RecordedEvent): event is RecordedEvent<AccountEvent> =>
  event.stream.startsWith('account-');

const rowOf = ({
  data,
  version,
}: RecordedEvent<Extract<AccountEvent, { type: 'UserWasCreated' }>>): Prisma.AccountCreateManyInput => {
  const { userId, tenantId, name, email, role, at } = data;
  const person = { userId, tenantId, name, email, role };
  return { ...person, status: 'ACTIVE', sessionEpoch: 0, version, createdAt: at, updatedAt: at };
};

const changesOf = ({ type, data }: AccountEvent): Prisma.AccountUpdateManyMutationInput | undefined => {
  const updatedAt = data.at;
  const nextEpoch = { sessionEpoch: { increment: 1 }, keptSessionId: null };
  switch (type) {
    case 'UserWasCreated':
    case 'RegistrationWasAbandoned':
      return undefined;
    case 'UserProfileWasUpdated':
      return { name: data.name, updatedAt };
    case 'UserEmailWasChanged':
      return { email: data.email, updatedAt };
    case 'UserPasswordWasChanged':
      return { ...nextEpoch, keptSessionId: data.keptSessionId, updatedAt };
    case 'UserSessionsWereRevoked':
      return { ...nextEpoch, updatedAt };
    case 'UserWasDeactivated':
      return { ...nextEpoch, status: 'DEACTIVATED', updatedAt };
    case 'UserWasErased': {
      const { name, email } = erasedPerson;
      return { ...nextEpoch, status: 'DEACTIVATED', name, email, updatedAt };
    }
    case 'EmailChangeWasAbandoned':
      // Nothing changed but the version.
      return {};
    default:
      return assertNever(type);
  }
};
