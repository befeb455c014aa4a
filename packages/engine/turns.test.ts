import { describe, expect, it } from '@jest/globals';
import { compileOperation, execute } from './index.ts';
import { askedByHand } from './testing/asked-by-hand.ts';
import { graphUnderTest } from './testing/graph-under-test.ts';
import { townSubgraphs } from './testing/town.ts';

const town = graphUnderTest(townSubgraphs);

describe('an answer', () => {
  it('lets everything go on at once that waited for it, and nothing else', async () => {
    const { result, answer, waitingFor } = askedByHand(
      town,
      '{ me { shelves { label } borrowed { state } greeting } copies { shelf { label } } }',
    );
    expect(waitingFor()).toEqual(['people', 'lending']);
    await answer('people');
    expect(waitingFor()).toEqual(['lending', 'lending', 'furniture']);
    await answer('furniture');
    expect(waitingFor()).toEqual(['lending', 'lending']);
    await answer('lending');
    expect(waitingFor()).toEqual(['lending', 'furniture']);
    await answer('furniture');
    await answer('lending');
    expect((await result).errors).toEqual([]);
  });
});

describe('an execution', () => {
  it('ends with an error where asking a subgraph throws', async () => {
    const { data, errors } = await town.ask('{ me { name } shelf(id: "s1") { id } }', {
      intercept: () => {
        throw new Error('no such subgraph');
      },
    });
    expect(data).toEqual({ me: null, shelf: null });
    expect(errors.map(({ message }) => message)).toEqual(['no such subgraph', 'no such subgraph']);
  });

  it('is rejected, and never left hanging, when something in it throws', async () => {
    const broken = new Error('a mistake of ours');
    const answer = {
      get data() {
        throw broken;
      },
    };
    const fetch = () => Promise.resolve(answer);
    const operation = town.compile('{ me { name } copies { id } }');
    await expect(execute(operation, { variables: {}, fetch })).rejects.toBe(broken);
  });

  it('of a very long plan needs no deep stack', async () => {
    const fetch = {
      kind: 'Fetch',
      serviceName: 'people',
      operationKind: 'query',
      operation: '{me{id}}',
    };
    const nothing = Array.from({ length: 50_000 }, () => ({ kind: 'Condition', condition: 'never' }));
    const node = { kind: 'Sequence', nodes: [fetch, ...nothing, fetch] };
    const { facts } = town.compile('{ me { id } }');
    const operation = compileOperation(facts, {
      plan: { kind: 'QueryPlan', node },
      document: town.parse('{ me { id } }'),
    });
    const { dataJson } = await execute(operation, { variables: {}, fetch: town.fetch });
    expect(dataJson).toBe('{"me":{"id":"p1"}}');
  });
});
