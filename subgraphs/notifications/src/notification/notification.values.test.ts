import { expect, it } from '@jest/globals';
import { titleOf, type NotificationContent } from './notification.values.ts';

type Worded = Pick<NotificationContent, 'kind' | 'data'>;

it.each<[string, Worded]>([
  [
    'You were added to a project as a maintainer.',
    { kind: 'PROJECT_MEMBER_ADDED', data: { role: 'MAINTAINER' } },
  ],
  ['You are now an owner of a project.', { kind: 'PROJECT_ROLE_CHANGED', data: { role: 'OWNER' } }],
  ['The task “Paint” was assigned to you.', { kind: 'TASK_ASSIGNED', data: { title: 'Paint' } }],
  ['The task “Paint” was completed.', { kind: 'TASK_COMPLETED', data: { title: 'Paint' } }],
  [
    'The password of your account was changed.',
    { kind: 'ACCOUNT_SECURITY', data: { change: 'PASSWORD_CHANGED' } },
  ],
])('says “%s”', (title, content) => {
  expect(titleOf(content)).toBe(title);
});
