import { describe, expect, it } from '@jest/globals';
import { parse, print } from 'graphql';
import { compileOperation, execute, preparePart, type FetchCall } from './index.ts';
import { graphUnderTest } from './testing/graph-under-test.ts';
import { townSubgraphs } from './testing/town.ts';

const town = graphUnderTest(townSubgraphs);
const { facts } = town.compile('{ me { name } }');

const answerPart = async (query: string, partOfIt: string) => {
  const [document, part] = [parse(query), parse(partOfIt)];
  const { documentToPlan, restore } = preparePart(facts, { document, part });
  const plan = town.plan(print(documentToPlan));
  const calls: FetchCall[] = [];
  const fetch = async (call: FetchCall) => {
    calls.push(call);
    return town.fetch(call);
  };
  const operation = compileOperation(facts, { plan, document, part, restore });
  const { dataJson, errors } = await execute(operation, { variables: {}, fetch });
  return { data: JSON.parse(dataJson ?? '') as unknown, errors, calls };
};

describe('an operation of which a part is answered', () => {
  it('answers null for the rest', async () => {
    const { data } = await answerPart('{ me { city { name } kind } }', '{ me { kind } }');
    expect(data).toEqual({ me: { city: null, kind: 'MEMBER' } });
  });

  it('does not answer what only the planner asks for', async () => {
    // `mail` is required by the greeting.
    const { data, calls } = await answerPart('{ me { mail kind greeting } }', '{ me { kind greeting } }');
    expect(calls.some(({ query }) => query.includes('mail'))).toBe(true);
    expect(data).toEqual({ me: null });
  });

  it('calls nobody when nothing is left', async () => {
    const { data, calls } = await answerPart('{ me { kind } t: __typename }', '{ t: __typename }');
    expect([data, calls]).toEqual([{ me: null, t: 'Query' }, []]);
  });

  it('is refused when the plan leaves out what may be answered', () => {
    const document = parse('{ me { kind mail } }');
    const part = parse('{ me { kind } }');
    const { restore } = preparePart(facts, { document, part });
    expect(() => compileOperation(facts, { plan: { kind: 'QueryPlan' }, document, part, restore })).toThrow(
      expect.objectContaining({ code: 'PLAN_EMPTY' }),
    );
  });
});
