import { expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { mistakesIn } from './document-validation.ts';
import { plannerErrors } from './planner.errors.ts';
import { smallSupergraph } from './planning.fixture.ts';
import { threadedPlanner, type ValidationRequest } from './planner.ts';

const api = buildSchema('type Query { a: Int b: [Query] }');
const LARGE = 1_000;

const watched = (answer: () => Promise<readonly { readonly message: string }[]>) => {
  const asked: ValidationRequest[] = [];
  const planner = {
    validate: async (request: ValidationRequest) => {
      asked.push(request);
      return answer();
    },
  };
  return { asked, find: mistakesIn({ api, planner, introspection: true }) };
};

it('small documents are validated here, once', () => {
  const { asked, find } = watched(async () => []);
  const document = parse('{ a nope }');
  const first = find(document, 10);
  expect(first).toMatchObject([
    { message: expect.stringContaining('nope'), locations: [{ line: 1, column: 5 }] },
  ]);
  expect(find(document, 10)).toBe(first);
  expect(asked).toEqual([]);
});

it('large ones elsewhere, once for all who ask', async () => {
  const { asked, find } = watched(async () => [{ message: 'No.' }]);
  const document = parse('{ a nope }');
  const both = await Promise.all([find(document, LARGE), find(document, LARGE)]);
  expect(both).toEqual([[{ message: 'No.' }], [{ message: 'No.' }]]);
  expect(find(document, LARGE)).toEqual([{ message: 'No.' }]);
  expect(asked).toEqual([{ document: '{ a nope }', size: LARGE, introspection: true }]);
});

it('and again when nobody could look', async () => {
  const outcomes = [async () => Promise.reject(plannerErrors.PLANNER_BUSY()), async () => []];
  const { find } = watched(async () => outcomes.shift()?.() ?? []);
  const document = parse('{ a }');
  await expect(find(document, LARGE)).rejects.toMatchObject({ code: 'PLANNER_BUSY' });
  expect(await find(document, LARGE)).toEqual([]);
});

it('the planning thread says the same as we', async () => {
  const planner = threadedPlanner({ supergraphSdl: smallSupergraph(), limits: { hasReserve: false } });
  const { apiSdl } = await planner.load();
  const schema = buildSchema(apiSdl);
  for (const introspection of [true, false]) {
    const find = mistakesIn({ api: schema, planner, introspection });
    for (const text of [
      '{ me { name } }',
      '{ me { nope } me(x: 1) { name } }',
      'subscription { x }',
      '{ __schema { types { name } } }',
      'query A($x: Nope) { me { ...F } } fragment G on User { id }',
    ]) {
      const here = await find(parse(text), 1);
      expect(JSON.parse(JSON.stringify(await find(parse(text), LARGE)))).toEqual(
        JSON.parse(JSON.stringify(here)),
      );
    }
  }
  await planner.stop();
});
