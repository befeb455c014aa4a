import { expect, it } from '@jest/globals';
import { matchesTopic } from './topic-pattern.ts';

it.each([
  ['#', 'task.created', true],
  ['task.#', 'task.created', true],
  ['task.#', 'task', true],
  ['task.*', 'task.created', true],
  ['task.*', 'task', false],
  ['task.*', 'task.created.twice', false],
  ['*.created', 'task.created', true],
  ['#.created', 'a.b.created', true],
  ['task.created', 'task.moved', false],
])('matches %s against %s: %s', (pattern, routingKey, expected) => {
  expect(matchesTopic(pattern, routingKey)).toBe(expected);
});
