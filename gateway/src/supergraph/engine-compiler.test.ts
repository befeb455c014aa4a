import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  execute,
  type CompiledOperation,
  type FetchAnswer,
  type FetchCall,
  type SchemaFacts,
} from '@saas/engine';
import { createLogger } from '@saas/telemetry';
import { buildSchema, graphql, parse } from 'graphql';
import { engineCompiler } from './engine-compiler.ts';
import { startGenerations, type Generations } from './generations.ts';
import { wanted } from './planning-doubles.fixture.ts';
import { smallSupergraph } from './planning.fixture.ts';
import { memorySource } from './supergraph-source.memory.ts';
import { until } from './until.fixture.ts';

jest.setTimeout(60_000);

const users = buildSchema('type Query { me: User one: Int two: Int } type User { id: ID! name: String }');

describe('a generation with our engine and a real planner', () => {
  const source = memorySource(smallSupergraph('one'));
  let generations: Generations<SchemaFacts, CompiledOperation>;

  beforeAll(async () => {
    generations = await startGenerations({
      source,
      compiler: engineCompiler,
      logger: createLogger({ name: 'test', level: 'silent' }),
    });
  });
  afterAll(async () => generations.stop());

  const answer = async ({ service, query, representationsJson }: FetchCall): Promise<FetchAnswer> => {
    if (service === 'users') {
      const rootValue = { me: { id: 'u1', name: 'Ada' }, one: 1, two: 2 };
      const { data } = await graphql({ schema: users, source: query, rootValue });
      return { data };
    }
    expect(representationsJson).toEqual(['{"__typename":"User","id":"u1"}']);
    return { data: { _entities: [{ projects: [{ title: 'Hive' }] }] } };
  };
  const run = async (text: string, generation = generations.current()) => {
    const operation = await generation.operationFor(wanted(parse(text), text));
    const { dataJson, errors } = await execute(operation, { variables: {}, fetch: answer });
    return { data: JSON.parse(dataJson ?? 'null') as unknown, errors };
  };

  it('answers from several subgraphs', async () => {
    const { data, errors } = await run('{ me { name projects { title } } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({ me: { name: 'Ada', projects: [{ title: 'Hive' }] } });
  });

  it('does not mistake a client’s names for the planner’s', async () => {
    const { data } = await run('{ me { id: name projects { title } } }');
    expect(data).toEqual({ me: { id: 'Ada', projects: [{ title: 'Hive' }] } });
  });

  it('keeps what is left out of the answer, also where the planner needs it', async () => {
    const document = parse('{ me { id name projects { title } } }');
    const documentToPlan = parse('{ me { name projects { title } } }');
    const part = { ...wanted(document, 'without id'), documentToPlan };
    const operation = await generations.current().operationFor(part);
    const { dataJson } = await execute(operation, { variables: {}, fetch: answer });
    // The id is not nullable, so there is no `me` without it.
    expect(dataJson).toBe('{"me":null}');
  });

  it('goes on answering on the old supergraph for those who began there', async () => {
    const { generation, ...lease } = generations.enter();
    source.put(smallSupergraph('two'));
    await until(() => generations.current().id > generation.id);
    expect(await run('{ one }', generation)).toMatchObject({ data: { one: 1 } });
    expect(await run('{ two }')).toMatchObject({ data: { two: 2 } });
    expect(generations.current().remembered('{ me { name projects { title } } }', {})).toBeDefined();
    lease.leave();
  });

  it('keeps it when the next one cannot be planned with', async () => {
    const { id } = generations.current();
    source.put('type Query { a: NoSuchType }');
    await until(() => generations.status().problem !== undefined);
    expect(generations.current().id).toBe(id);
    expect(generations.status()).toMatchObject({ problem: { code: 'SUPERGRAPH_INVALID' } });
  });
});
