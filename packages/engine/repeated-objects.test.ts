import { describe, expect, it } from '@jest/globals';
import { askedByHand } from './testing/asked-by-hand.ts';
import { graphUnderTest } from './testing/graph-under-test.ts';
import { townSubgraphs } from './testing/town.ts';

const town = graphUnderTest(townSubgraphs);

const members = '{ shelves { members { mail name } } }';
const [ada, ben, cleo] = [
  { mail: 'ada@town', name: 'Ada' },
  { mail: 'ben@town', name: 'Ben' },
  { mail: 'cleo@town', name: 'Cleo' },
];

const afterFurniture = async (query: string) => {
  const asked = askedByHand(town, query);
  await asked.answer('furniture');
  return asked;
};
const dataOf = ({ dataJson }: { readonly dataJson: string | undefined }): unknown =>
  JSON.parse(dataJson ?? 'null');

describe('an object that stands at several places', () => {
  it('is answered at each of them', async () => {
    const { data } = await town.ask(members);
    expect(data).toEqual({
      shelves: [{ members: [ada, ben, cleo, ada] }, { members: [ben] }, { members: [] }],
    });
  });

  it('is answered at each of them by each selection', async () => {
    const { data } = await town.ask('{ shelves { members { mail shelves { label } } owner { name } } }');
    const north = { mail: 'ada@town', shelves: [{ label: 'North' }] };
    const south = { mail: 'ben@town', shelves: [{ label: 'South' }] };
    expect(data).toEqual({
      shelves: [
        { members: [north, south, { mail: 'cleo@town', shelves: [] }, north], owner: { name: 'Ada' } },
        { members: [south], owner: { name: 'Ben' } },
        { members: [], owner: null },
      ],
    });
  });

  it('is missing at each of them when it is not what the schema says, and each place is told', async () => {
    const { result, answer } = await afterFurniture('{ shelves { members { mail } } }');
    await answer('people', { data: { _entities: [{ mail: { is: 'no text' } }, ben, cleo] } });
    const { problems, ...rest } = await result;
    const [{ mail: bens }, { mail: cleos }] = [ben, cleo];
    expect(dataOf(rest)).toEqual({
      shelves: [
        { members: [null, { mail: bens }, { mail: cleos }, null] },
        { members: [{ mail: bens }] },
        { members: [] },
      ],
    });
    expect(problems.map(({ path }) => path.join('.'))).toEqual([
      'shelves.0.members.0.mail',
      'shelves.0.members.3.mail',
    ]);
  });

  it('is written anew when what it was written into had to be taken back', async () => {
    const { result, answer } = await afterFurniture('{ shelf(id: "s1") { rows { readers { mail } } } }');
    const person = (id: string) => ({ __typename: 'Person', id });
    const readers = [['p1', 'p2'], [], ['p1', 'p1']].map((ids) => ({ readers: ids.map(person) }));
    await answer('lending', { data: { _entities: readers } });
    await answer('people', { data: { _entities: [{ mail: ada.mail }, { mail: null }] } });
    const again = { mail: ada.mail };
    expect(dataOf(await result)).toEqual({ shelf: { rows: [null, [{ readers: [again, again] }], []] } });
  });
});

it('objects that say the same at first are not confused when something else is brought for one of them', async () => {
  // Two fetches bring objects below the same list, so that it is not known that they stay the same.
  const { data } = await town.ask(
    '{ copies { work { title ... on Book { critics { mail } } } shelf { label owner { name mail } } } }',
  );
  expect(data).toMatchObject({
    copies: [
      { work: { title: 'Dunes' }, shelf: { label: 'North', owner: ada } },
      { work: { title: 'Warmth' }, shelf: { label: 'North', owner: ada } },
      { work: { title: 'Dunes' }, shelf: { label: 'South', owner: ben } },
    ],
  });
});
