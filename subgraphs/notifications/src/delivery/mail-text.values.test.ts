import { describe, expect, it } from '@jest/globals';
import { mailTextOf } from './mail-text.values.ts';

const assigned = (title: string) => ({ kind: 'TASK_ASSIGNED', data: { title } }) as const;

describe('the words of a mail', () => {
  it('are the notification’s own sentence when there is one', () => {
    const { subject, text } = mailTextOf('Ada', [assigned('Paint')], 1);
    expect(subject).toBe('The task “Paint” was assigned to you.');
    expect(text).toBe(
      'Hello Ada,\n\nThe task “Paint” was assigned to you.\n\n' +
        'Your notification preferences say what comes by e-mail, and how often.\n',
    );
  });

  it('list the notifications of a digest, and count those that are not listed', () => {
    const { subject, text } = mailTextOf('Ada', [assigned('One'), assigned('Two')], 5);
    expect(subject).toBe('5 notifications');
    expect(text).toContain('- The task “One” was assigned to you.\n- The task “Two” was assigned to you.\n');
    expect(text).toContain('\nand 3 more.\n');
  });

  it('never let a title or a name begin a line of its own', () => {
    const { subject, text } = mailTextOf('Ada\r\nBcc: x', [assigned('One\u2028\nTwo')], 1);
    expect(subject).toBe('The task “One Two” was assigned to you.');
    expect(text).toContain('Hello Ada Bcc: x,\n');
  });
});
