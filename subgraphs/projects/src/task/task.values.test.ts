import { expect, it } from '@jest/globals';
import { parseTaskDescription, parseTaskTitle } from './task.values.ts';

it('trims a title', () => {
  expect(parseTaskTitle('  Paint the shed ')).toBe('Paint the shed');
});

it.each(['', ' ', 'x'.repeat(201), 'a\tb'])('refuses %j as a title', (raw) => {
  expect(() => parseTaskTitle(raw)).toThrow(expect.objectContaining({ code: 'TASK_TITLE_INVALID' }));
});

it('takes an empty description for none', () => {
  expect(parseTaskDescription(' ')).toBeNull();
});

it('refuses a description of more than 10,000 characters', () => {
  expect(() => parseTaskDescription('x'.repeat(10_001))).toThrow(
    expect.objectContaining({ code: 'TASK_DESCRIPTION_INVALID' }),
  );
});
