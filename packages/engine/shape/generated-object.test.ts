import { describe, expect, it } from '@jest/globals';
import { graphUnderTest } from '../testing/graph-under-test.ts';
import { townSubgraphs } from '../testing/town.ts';

const town = graphUnderTest(townSubgraphs);

const answered = async (query: string, data: object) =>
  await town.ask(query, { intercept: () => Promise.resolve({ data: structuredClone(data) }) });

/** Enough for the writer to have been generated long before the last. */
const many = <Item>(items: readonly Item[]): readonly Item[] =>
  Array.from({ length: 60 }, () => items).flat();

describe('a long list', () => {
  it('is written to its end as at its beginning, whatever stands in it', async () => {
    const members = [
      {
        __typename: 'Person',
        own_constructor: 'p1',
        own___proto__: 'a "b"',
        m: 'é\n',
        kind: 'GUEST',
        city: null,
      },
      { own_constructor: 7, own___proto__: 'x'.repeat(90), m: '\ud83d', city: { name: 'Oslo', zip: '1' } },
      { own_constructor: 'p3', own___proto__: null, m: 'lost: the name must not be null' },
      { own_constructor: 'p4', own___proto__: 'n', m: 5, kind: 'HIDDEN', city: 'none' },
      null,
    ];
    const { dataJson, problems } = await answered(
      '{ persons { friends { constructor: id } } shelves { members { constructor: id __proto__: name m: mail kind city { name zip } } } }',
      { persons: [], shelves: [{ members: many(members) }] },
    );
    const written = [
      String.raw`{"constructor":"p1","__proto__":"a \"b\"","m":"é\n","kind":"GUEST","city":null}`,
      String.raw`{"constructor":"7","__proto__":"${'x'.repeat(90)}","m":"\ud83d","kind":null,"city":{"name":"Oslo","zip":"1"}}`,
      'null',
      'null',
      'null',
    ];
    expect(dataJson).toBe(`{"persons":[],"shelves":[{"members":[${many(written).join()}]}]}`);
    expect(problems.length).toBe(100);
  });

  it('may have any number of fields', async () => {
    const keys = Array.from({ length: 130 }, (_, index) => `k${index}`);
    const query = `{ copies { ${keys.map((key) => `${key}: points`).join(' ')} } }`;
    const row = Object.fromEntries(keys.map((key, index) => [key, index]));
    const { dataJson } = await answered(query, { copies: many([row]) });
    expect(dataJson).toBe(JSON.stringify({ copies: many([row]) }));
  });
});
