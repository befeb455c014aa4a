import { itLosesNothingInSnapshots } from '@saas/event-sourcing/testing';
import { newId, testClock } from '@saas/kernel';
import fc from 'fast-check';
import { inbox, type InboxCommand } from './inbox/inbox.decider.ts';
import { notification, type NotificationCommand } from './notification/notification.decider.ts';
import {
  digestWindows,
  notificationChannels,
  notificationKinds,
} from './notification/notification.values.ts';
import { preferences, type PreferencesCommand } from './preferences/preferences.decider.ts';

const clock = testClock();
const [ada, bob] = [newId('usr', 1, clock), newId('usr', 1, clock)];
const minute = (count: number) => new Date(Date.UTC(2026, 0, 1, 9, count)).toISOString();
const at = fc.nat(10_000).map(minute);
const by = fc.constantFrom(ada, bob);

itLosesNothingInSnapshots({
  name: 'a notification',
  decider: notification,
  first: {
    type: 'CreateNotification',
    creation: {
      kind: 'TASK_ASSIGNED',
      subject: { type: 'TASK', id: newId('tsk', 1, clock) },
      data: { title: 'Cut the gears' },
      recipientId: ada,
      actorId: null,
      causedBy: newId('evt', 1, clock),
    },
    at: minute(0),
  },
  commands: fc.oneof<fc.Arbitrary<NotificationCommand>[]>(
    fc.record({ type: fc.constant('MarkNotificationRead' as const), by, at }),
    fc.record({ type: fc.constant('ArchiveNotification' as const), by, at }),
  ),
});

itLosesNothingInSnapshots({
  name: 'an inbox',
  decider: inbox,
  first: { type: 'MarkAllNotificationsRead', upTo: minute(1), by: ada, at: minute(1) },
  commands: fc.record<InboxCommand>({
    type: fc.constant('MarkAllNotificationsRead'),
    upTo: at,
    by: fc.constant(ada),
    at,
  }),
});

itLosesNothingInSnapshots({
  name: "somebody's preferences",
  decider: preferences,
  first: {
    type: 'ChangeNotificationPreference',
    kind: 'TASK_ASSIGNED',
    channel: 'EMAIL',
    enabled: false,
    by: ada,
    at: minute(0),
  },
  commands: fc.oneof<fc.Arbitrary<PreferencesCommand>[]>(
    fc.record({
      type: fc.constant('ChangeNotificationPreference' as const),
      kind: fc.constantFrom(...notificationKinds),
      channel: fc.constantFrom(...notificationChannels),
      enabled: fc.boolean(),
      by: fc.constant(ada),
      at,
    }),
    fc.record({
      type: fc.constant('ChangeEmailDigest' as const),
      window: fc.constantFrom(...digestWindows),
      by: fc.constant(ada),
      at,
    }),
  ),
});
