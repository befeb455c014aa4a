import { expect, it } from '@jest/globals';
import { parseTaskDescription, parseTaskTitle } from './task.values.ts';

it('trims a title', () => {
  expect(parseTaskTitle('  Paint the shed ')).toBe('Paint the shed');
});

it.each(['', ' ', 'x'.repeat(201), 'a\tb', '\u200b', 'a\u2066b'])('refuses %j as a title', (raw) => {
  expect(() => parseTaskTitle(raw)).toThrow(expect.objectContaining({ code: 'TASK_TITLE_INVALID' }));
});

it('takes an empty description for none', () => {
  expect(parseTaskDescription(' ')).toBeNull();
});

it('ends the lines of a description alike', () => {
  expect(parseTaskDescription('one\r\n\ttwo\n')).toBe('one\n\ttwo');
});

it.each(['x'.repeat(10_001), 'a\u0007b', 'a\rb'])('refuses what is no description, case %#', (raw) => {
  expect(() => parseTaskDescription(raw)).toThrow(
    expect.objectContaining({ code: 'TASK_DESCRIPTION_INVALID' }),
  );
});
