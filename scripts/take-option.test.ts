import { expect, it } from '@jest/globals';
import { takeOption } from './take-option.ts';

it.each([
  ['after its name', ['resilience', '--calls', '1000000', '-t', 'x'], 1_000_000, ['resilience', '-t', 'x']],
  ['with its name', ['--calls=7', 'unit'], 7, ['unit']],
  ['not at all', ['unit', '--callsign'], undefined, ['unit', '--callsign']],
])('takes a number that is given %s', (_, words, value, rest) => {
  expect(takeOption('--calls', words)).toEqual({ value, words: rest });
});

it.each([[['--calls', 'many']], [['--calls', '0']], [['--calls=']], [['--calls']]])('refuses %j', (words) => {
  expect(() => takeOption('--calls', words)).toThrow('--calls needs a whole number from 1');
});
