import { expect, it } from '@jest/globals';
import { holdVariablesNesting } from './variables-nesting.ts';

it.each([[undefined], [null], [7], ['text'], [{}], [{ a: [{ b: 1 }] }]])('%j passes', (variables) => {
  expect(() => holdVariablesNesting(variables, 3)).not.toThrow();
});

it.each([{ a: [{ b: {} }] }, JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)])(
  'variables that are nested too deeply are refused',
  (variables) => {
    expect(() => holdVariablesNesting(variables, 3)).toThrow(
      expect.objectContaining({ code: 'VARIABLES_NESTING_EXCEEDED' }),
    );
  },
);
