/** What is so in the town. */
export type PersonRow = {
  readonly id: string;
  readonly name: string;
  readonly mail: string;
  readonly kind: string | null;
  readonly city: { readonly name: string; readonly zip: string | null } | null;
};

export const persons: readonly PersonRow[] = [
  { id: 'p1', name: 'Ada', mail: 'ada@town', kind: 'MEMBER', city: { name: 'Oslo', zip: '0150' } },
  { id: 'p2', name: 'Ben', mail: 'ben@town', kind: 'GUEST', city: null },
  { id: 'p3', name: 'Cleo', mail: 'cleo@town', kind: null, city: { name: 'Rome', zip: null } },
];

export type ShelfRow = {
  readonly id: string;
  readonly label: string;
  readonly budget: number | null;
  readonly ownerId: string | null;
  readonly memberIds: readonly string[];
  readonly rows: readonly (readonly string[] | null)[] | null;
};

export const shelves: readonly ShelfRow[] = [
  {
    id: 's1',
    label: 'North',
    budget: 10,
    ownerId: 'p1',
    memberIds: ['p1', 'p2', 'p3', 'p1'],
    rows: [['c1', 'c2'], ['c3'], []],
  },
  { id: 's2', label: 'South', budget: 0, ownerId: 'p2', memberIds: ['p2'], rows: [['c1'], null] },
  { id: 's3', label: '', budget: null, ownerId: null, memberIds: [], rows: null },
];

export type CopyRow = {
  readonly id: string;
  readonly state: 'IN' | 'OUT';
  readonly points: number;
  readonly shelfId: string;
  readonly workId: string;
  readonly borrowerId: string | null;
  readonly readerIds: readonly string[];
};

export const copies: readonly CopyRow[] = [
  {
    id: 'c1',
    state: 'OUT',
    points: 3,
    shelfId: 's1',
    workId: 'w1',
    borrowerId: 'p2',
    readerIds: ['p1', 'p3'],
  },
  { id: 'c2', state: 'IN', points: 0, shelfId: 's1', workId: 'w2', borrowerId: null, readerIds: [] },
  {
    id: 'c3',
    state: 'OUT',
    points: 8,
    shelfId: 's2',
    workId: 'w1',
    borrowerId: 'p1',
    readerIds: ['p2', 'p2'],
  },
];

export type WorkRow = {
  readonly id: string;
  readonly title: string;
  readonly pages?: number;
  readonly minutes?: number;
  readonly stars: number;
  readonly criticIds: readonly string[];
};

export const works: readonly WorkRow[] = [
  { id: 'w1', title: 'Dunes', pages: 500, stars: 5, criticIds: ['p1', 'p2', 'p1'] },
  { id: 'w2', title: 'Warmth', minutes: 0, stars: 0, criticIds: ['p3'] },
];
