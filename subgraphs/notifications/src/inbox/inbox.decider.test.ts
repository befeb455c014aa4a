import { describe, expect, it } from '@jest/globals';
import { specification } from '@saas/event-sourcing/testing';
import { newId, testClock } from '@saas/kernel';
import { announceInbox } from './inbox.announcements.ts';
import { inbox } from './inbox.decider.ts';
import type { InboxEvent } from './inbox.events.ts';

const given = specification(inbox);
const by = newId('usr', 7, testClock());
const monday = '2026-01-05T09:00:00.000Z';
const tuesday = '2026-01-06T09:00:00.000Z';
const friday = '2026-01-09T09:00:00.000Z';
const readUpToTuesday: InboxEvent = { type: 'InboxWasReadUpTo', data: { upTo: tuesday, by, at: tuesday } };

describe('an inbox', () => {
  it('is read up to a moment by one event, whatever lies in it', () => {
    given()
      .when({ type: 'MarkAllNotificationsRead', upTo: tuesday, by, at: tuesday })
      .thenHappens(readUpToTuesday);
  });

  it('stays read: an earlier moment changes nothing', () => {
    given(readUpToTuesday)
      .when({ type: 'MarkAllNotificationsRead', upTo: monday, by, at: friday })
      .thenHappens();
    given(readUpToTuesday)
      .when({ type: 'MarkAllNotificationsRead', upTo: tuesday, by, at: friday })
      .thenHappens();
  });

  it('cannot be read ahead of time', () => {
    given()
      .when({ type: 'MarkAllNotificationsRead', upTo: friday, by, at: tuesday })
      .thenHappens(readUpToTuesday);
  });

  it('is announced with its owner and the moment', () => {
    expect(announceInbox(readUpToTuesday)).toEqual([
      {
        topic: 'notification_events',
        routingKey: 'inbox.all_read',
        body: { recipientId: by, upTo: tuesday, at: tuesday },
      },
    ]);
  });
});
