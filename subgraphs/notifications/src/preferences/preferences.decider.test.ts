import { describe, expect, it } from '@jest/globals';
import { specification } from '@saas/event-sourcing/testing';
import { newId, testClock } from '@saas/kernel';
import { announcePreferences } from './preferences.announcements.ts';
import { preferences } from './preferences.decider.ts';
import type { PreferencesEvent } from './preferences.events.ts';
import { digestFor, preferenceMatrix } from './preferences.values.ts';

const given = specification(preferences);
const by = newId('usr', 7, testClock());
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-02T00:00:00.000Z';
const wish = { type: 'ChangeNotificationPreference', by, at } as const;
const silenced: PreferencesEvent = {
  type: 'NotificationPreferenceWasChanged',
  data: { kind: 'TASK_ASSIGNED', channel: 'IN_APP', enabled: false, by, at },
};

describe('a person’s preferences', () => {
  it('change cell by cell', () => {
    given()
      .when({ ...wish, kind: 'TASK_ASSIGNED', channel: 'IN_APP', enabled: false })
      .thenHappens(silenced);
  });

  it('say nothing when a wish is what is the case already, by default or by choice', () => {
    given()
      .when({ ...wish, kind: 'TASK_ASSIGNED', channel: 'IN_APP', enabled: true })
      .thenHappens();
    given(silenced)
      .when({ ...wish, kind: 'TASK_ASSIGNED', channel: 'IN_APP', enabled: false })
      .thenHappens();
  });

  it('cannot keep the security of an account out of its inbox', () => {
    given()
      .when({ ...wish, kind: 'ACCOUNT_SECURITY', channel: 'IN_APP', enabled: false })
      .thenRefused('PREFERENCE_REQUIRED');
  });

  it('gather e-mails for an hour, or as long as was chosen', () => {
    const digest = { type: 'ChangeEmailDigest', by, at } as const;
    const daily: PreferencesEvent = { type: 'EmailDigestWasChanged', data: { window: 'DAILY', by, at } };
    given()
      .when({ ...digest, window: 'HOURLY' })
      .thenHappens();
    given()
      .when({ ...digest, window: 'DAILY' })
      .thenHappens(daily);
    given(daily)
      .when({ ...digest, window: 'DAILY' })
      .thenHappens();
    expect(digestFor('DAILY', 'TASK_ASSIGNED')).toBe('DAILY');
  });

  it('cannot delay what concerns the security of an account', () => {
    expect(digestFor('DAILY', 'ACCOUNT_SECURITY')).toBe('IMMEDIATELY');
  });

  it('start with everything in the inbox, e-mail for what is urgent and no webhooks', () => {
    const enabled = preferenceMatrix({}).filter(({ isEnabled }) => isEnabled);
    expect(enabled.map(({ kind, channel }) => `${kind}/${channel}`)).toEqual([
      'PROJECT_MEMBER_ADDED/IN_APP',
      'PROJECT_ROLE_CHANGED/IN_APP',
      'TASK_ASSIGNED/IN_APP',
      'TASK_ASSIGNED/EMAIL',
      'TASK_COMPLETED/IN_APP',
      'ACCOUNT_SECURITY/IN_APP',
      'ACCOUNT_SECURITY/EMAIL',
    ]);
  });

  it('show every cell once, with what was chosen last and when', () => {
    const again: PreferencesEvent = {
      type: 'NotificationPreferenceWasChanged',
      data: { kind: 'TASK_ASSIGNED', channel: 'IN_APP', enabled: true, by, at: later },
    };
    const state = [silenced, again].reduce(preferences.evolve, preferences.initialState);
    expect(state).toMatchObject({ createdAt: at, updatedAt: later });
    expect(preferenceMatrix(state.choices)).toEqual(preferenceMatrix({}));
    expect(preferenceMatrix({})).toHaveLength(15);
  });

  it('are announced with the cell that changed', () => {
    expect(announcePreferences(silenced)).toEqual([
      {
        topic: 'notification_events',
        routingKey: 'preferences.changed',
        body: { userId: by, kind: 'TASK_ASSIGNED', channel: 'IN_APP', enabled: false, at },
      },
    ]);
  });
});
