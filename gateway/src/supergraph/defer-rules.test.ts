import { expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { DeferLabelsRule } from './defer-rules.ts';

const schema =
  buildSchema(`directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  type Query { a: Int }`);

it.each([
  ['{ ... @defer(label: "a") { a } ... @defer(label: "b") { a } ... @defer { a } ... @defer { a } }', []],
  [
    '{ ... @defer(label: "a") { a } ... @defer(label: "a") { a } }',
    ['The label "a" of @defer is used more than once.'],
  ],
  ['query ($l: String) { ... @defer(label: $l) { a } }', ['The label of @defer cannot be a variable.']],
])('%s', (document, mistakes) => {
  expect(validate(schema, parse(document), [DeferLabelsRule]).map(({ message }) => message)).toEqual(
    mistakes,
  );
});
