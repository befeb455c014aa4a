import { stateOf, type EventStore } from '@saas/event-sourcing';
import { notification } from '../notification/notification.decider.ts';
import type { NotificationEvent } from '../notification/notification.events.ts';
import { notificationStream } from '../notification/notification.values.ts';
import type { Contacts } from './contacts.port.ts';
import { deliveryErrors } from './delivery.errors.ts';
import type { Sender } from './delivering.process.ts';
import type { Mailer } from './mail.port.ts';
import { LISTED_MAX, mailTextOf } from './mail-text.values.ts';

type Options = {
  readonly store: Pick<EventStore, 'read'>;
  readonly contacts: Contacts;
  readonly mailer: Mailer;
};

/**
 * Sends a delivery as one e-mail. What it says is read from the events and where it goes is asked of the users service, both at
 * this moment: neither texts nor addresses lie about in the queue.
 */
export const emailSender =
  ({ store, contacts, mailer }: Options): Sender =>
  async ({ deliveryId, tenantId, recipientId, notificationIds, createdAt }, signal) => {
    const contact = await contacts.contactOf(tenantId, recipientId, signal);
    if (!contact) throw deliveryErrors.CONTACT_UNKNOWN();
    const streams = notificationIds.slice(0, LISTED_MAX).map(notificationStream);
    const slices = await store.read<NotificationEvent>(tenantId, streams);
    const told = slices.flatMap((slice) => {
      const state = stateOf(notification, slice);
      return state.status === 'present' ? [state] : [];
    });
    const { subject, text } = mailTextOf(contact.name, told, notificationIds.length);
    const to = { name: contact.name, address: contact.email };
    await mailer.send({ id: deliveryId, to, subject, text, at: createdAt }, signal);
  };
