import { isDeepStrictEqual } from 'node:util';
import { buildSchema, execute, parse } from 'graphql';
import { graphWorld } from './graph-world.ts';
import { requestBody, type Operation } from './operations.ts';
import { subgraphSchemas } from './subgraph-schemas.ts';

/** What an operation's data must be: graphql-js on one schema with everything in it, without any federation. */
export const rightData = async ({ query, variables }: Operation): Promise<unknown> => {
  const { data, errors } = await execute({
    schema: buildSchema(wholeSchema()),
    document: parse(query),
    rootValue: graphWorld().root,
    variableValues: variables,
  });
  if (errors !== undefined) throw new Error(`The operation itself is wrong: ${errors.join(' ')}`);
  return JSON.parse(JSON.stringify(data));
};

/**
 * Asks once and compares; the order of keys does not matter.
 *
 * @returns what is wrong with the answer, or nothing.
 */
export const wrongAnswer = async (
  post: (body: string) => Promise<string>,
  operation: Operation,
): Promise<string | undefined> => {
  const expected = await rightData(operation);
  const text = await post(requestBody(operation)).catch(String);
  const answer = parsed(text);
  if (answer === undefined) return `no JSON: ${text.slice(0, 200)}`;
  if (answer.errors !== undefined) return `errors: ${JSON.stringify(answer.errors).slice(0, 200)}`;
  return isDeepStrictEqual(answer.data, expected) ? undefined : 'other data than graphql-js gives';
};

type Answer = { readonly data?: unknown; readonly errors?: unknown };

const parsed = (text: string): Answer | undefined => {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
};

/** What the subgraphs add to one another's types becomes plain extensions. */
const wholeSchema = (): string => {
  const directives = `
    directive @key(fields: String!) repeatable on OBJECT
    directive @requires(fields: String!) on FIELD_DEFINITION
    type Query`;
  const parts = Object.values(subgraphSchemas).map((sdl) =>
    sdl
      .replaceAll(/^.*@external\n/gm, '')
      // The key stands on the type itself.
      .replaceAll(/(extend type \w+) @key\(fields: "\w+"\)/g, '$1'),
  );
  return [directives, ...parts].join('\n');
};
