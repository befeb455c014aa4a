import { expect, it } from '@jest/globals';
import { historySeconds } from './history-seconds.ts';

it.each([
  ['a run of everything', [], undefined, 25],
  ['the resilience suites by name', ['resilience'], undefined, 180],
  ['an environment that says otherwise', ['resilience'], '40', 40],
  ['the option, whatever the environment says', ['resilience', '--seconds', '600'], '40', 600],
  ['the option in one word', ['--seconds=3', 'unit'], undefined, 3],
])('kills for as long as %s asks for', (_, words, environment, seconds) => {
  expect(historySeconds(words, environment).seconds).toBe(seconds);
});

it('takes the option out of what Jest is told', () => {
  expect(historySeconds(['resilience', '--seconds', '9', '--bail']).words).toEqual(['resilience', '--bail']);
  expect(historySeconds(['resilience', '--seconds=9', '--bail']).words).toEqual(['resilience', '--bail']);
});

it.each([['0'], ['-1'], ['1.5'], ['soon'], ['']])('refuses "%s" seconds', (text) => {
  expect(() => historySeconds(['--seconds', text])).toThrow(RangeError);
});
