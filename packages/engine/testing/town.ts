import type { SubgraphUnderTest } from './graph-under-test.ts';
import {
  copies,
  persons,
  shelves,
  works,
  type CopyRow,
  type PersonRow,
  type ShelfRow,
  type WorkRow,
} from './town-rows.ts';

/** The same town twice: as subgraphs, and as one schema that graphql-js runs by itself, the truth to compare with. */

type Reference = { readonly id: string };
type Fields = Record<string, unknown>;

const fail = (name: string) => () => {
  throw new Error(`${name} failed`);
};

const person = (id: unknown): Fields | null => {
  const row = persons.find((each) => each.id === id);
  return row ? personFields(row) : null;
};

const personFields = (row: PersonRow): Fields => ({
  ...row,
  __typename: 'Person',
  friends: ({ first }: { first: number }) =>
    persons
      .filter(({ id }) => id !== row.id)
      .slice(0, first)
      .map(personFields),
  broken: fail('broken'),
  brokenForSure: fail('brokenForSure'),
  shelves: () => shelves.filter(({ ownerId }) => ownerId === row.id).map(shelfFields),
  greeting: ({ prefix }: { prefix: string | null }) => `${prefix} ${row.name} <${row.mail}>`,
  cityLabel: row.city ? `${row.city.name}/${row.city.zip}` : 'nowhere',
  borrowed: () => copies.filter(({ borrowerId }) => borrowerId === row.id).map(copyFields),
});

const robot: Fields = { __typename: 'Robot', id: 'r1', model: 'K9', jobs: 7 };

const shelfFields = (row: ShelfRow): Fields => ({
  ...row,
  __typename: 'Shelf',
  owner: () => person(row.ownerId),
  keeper: () => person(row.ownerId),
  members: () => row.memberIds.map((id) => person(id)),
  rows: () => row.rows?.map((ids) => ids?.map((id) => copy(id)) ?? null) ?? null,
  copies: ({ state }: { state?: string | null }) =>
    copies.filter((each) => each.shelfId === row.id && (!state || each.state === state)).map(copyFields),
  cost: row.budget === null ? null : row.budget * 100,
});

const shelf = (id: unknown): Fields | null => {
  const row = shelves.find((each) => each.id === id);
  return row ? shelfFields(row) : null;
};

const copyFields = (row: CopyRow): Fields => ({
  ...row,
  __typename: 'Copy',
  borrower: () => person(row.borrowerId),
  readers: () => row.readerIds.map((id) => person(id)),
  shelf: () => shelf(row.shelfId),
  work: () => work(row.workId),
  weight: () => (shelves.find(({ id }) => id === row.shelfId)?.budget ?? -1) * row.points,
});

const copy = (id: unknown): Fields | null => {
  const row = copies.find((each) => each.id === id);
  return row ? copyFields(row) : null;
};

const workFields = (row: WorkRow): Fields => ({
  ...row,
  __typename: row.pages === undefined ? 'Film' : 'Book',
  critics: () => row.criticIds.map((id) => person(id)),
});

const work = (id: unknown): Fields | null => {
  const row = works.find((each) => each.id === id);
  return row ? workFields(row) : null;
};

/** Only these, so that a subgraph cannot know what it was not told. */
const pick = (fields: Fields | null, ...names: string[]): Fields | null =>
  fields && Object.fromEntries(names.map((name) => [name, fields[name]]));

const typed = (typeName: string, id: unknown) => ({ __typename: typeName, id });
const found = (): Fields[] => [
  typed('Copy', 'c1'),
  typed('Shelf', 's1'),
  typed('Person', 'p1'),
  typed('Person', 'p3'),
];

const rename = ({ id, name }: { id: string; name: string }) => ({ ...person(id), name });

/** Root value for graphql-js over the API schema. */
export const town: Fields = {
  me: () => person('p1'),
  person: ({ id }: Reference) => person(id),
  persons: () => persons.map(personFields),
  beings: () => [person('p1'), robot, person('p2')],
  named: ({ id }: Reference) => (id === 'r1' ? robot : person(id)),
  failing: fail('failing'),
  shelves: () => shelves.map(shelfFields),
  shelf: ({ id }: Reference) => shelf(id),
  search: () => [copy('c1'), shelf('s1'), person('p1'), person('p3')],
  copies: ({ ids }: { ids?: string[] | null }) =>
    copies.filter(({ id }) => !ids || ids.includes(id)).map(copyFields),
  works: () => works.map(workFields),
  best: () => works.map(workFields),
  rename,
  failToRename: fail('failToRename'),
};

const stub = (typeName: string) => (value: { id: unknown } | null) => value && typed(typeName, value.id);
const stubs = (typeName: string, value: unknown) => (value as { id: unknown }[]).map(stub(typeName));
type Method = (args: object) => unknown;
const call = (fields: Fields | null, name: string, args: object = {}): unknown => {
  const method = fields?.[name] as Method | undefined;
  return method?.(args);
};

const people: SubgraphUnderTest = {
  name: 'people',
  sdl: `
    enum Kind { GUEST MEMBER HIDDEN @inaccessible }
    type City @shareable { name: String! zip: String }
    interface Named { id: ID! }
    type Person implements Named @key(fields: "id") {
      id: ID! name: String! @shareable mail: String! kind: Kind city: City secret: String @inaccessible
      friends(first: Int = 2): [Person!]! broken: String brokenForSure: String!
    }
    type Robot implements Named @key(fields: "id") { id: ID! model: String! }
    union Being = Person | Robot
    type Query {
      me: Person person(id: ID!): Person persons: [Person!]! beings: [Being!]! named(id: ID!): Named failing: String
    }
    type Mutation { rename(id: ID!, name: String!): Person failToRename: Person }`,
  resolvers: {
    Person: { __resolveReference: ({ id }: Reference) => person(id) },
    Robot: { __resolveReference: () => robot },
    Query: Object.fromEntries(
      ['me', 'person', 'persons', 'beings', 'named', 'failing'].map((name) => [
        name,
        (_: unknown, args: object) => call(town, name, args),
      ]),
    ),
    Mutation: {
      rename: (_: unknown, args: { id: string; name: string }) => rename(args),
      failToRename: fail('failToRename'),
    },
  },
};

const furniture: SubgraphUnderTest = {
  name: 'furniture',
  sdl: `
    type City @shareable { name: String! zip: String }
    type Shelf @key(fields: "id") {
      id: ID! label: String! budget: Int owner: Person members: [Person]! rows: [[Copy!]]
      keeper: Person @provides(fields: "name")
    }
    type Person @key(fields: "id") {
      id: ID! name: String! @external mail: String! @external city: City @external shelves: [Shelf!]!
      greeting(prefix: String = "Hi"): String @requires(fields: "name mail")
      cityLabel: String @requires(fields: "city { name zip }")
    }
    type Copy @key(fields: "id", resolvable: false) { id: ID! }
    type Robot @key(fields: "id") { id: ID! jobs: Int! }
    union Found = Shelf | Person | Copy
    type Query { shelves: [Shelf!]! shelf(id: ID!): Shelf search: [Found]! }`,
  resolvers: {
    Shelf: {
      __resolveReference: ({ id }: Reference) => shelf(id),
      owner: (row: ShelfRow) => stub('Person')(person(row.ownerId) as never),
      keeper: (row: ShelfRow) => pick(person(row.ownerId), '__typename', 'id', 'name'),
      members: (row: ShelfRow) =>
        stubs(
          'Person',
          row.memberIds.map((id) => ({ id })),
        ),
    },
    Person: {
      shelves: ({ id }: Reference) => call(person(id), 'shelves'),
      greeting: (it: PersonRow, { prefix }: { prefix: string | null }) => `${prefix} ${it.name} <${it.mail}>`,
      cityLabel: ({ city }: PersonRow) => (city ? `${city.name}/${city.zip}` : 'nowhere'),
    },
    Robot: { __resolveReference: () => pick(robot, 'id', 'jobs') },
    Query: {
      shelves: () => shelves.map(shelfFields),
      shelf: (_: unknown, { id }: Reference) => shelf(id),
      search: () => found().map((each) => shelf(each['id']) ?? each),
    },
  },
};

const lending: SubgraphUnderTest = {
  name: 'lending',
  sdl: `
    enum State { IN OUT }
    type Copy @key(fields: "id") {
      id: ID! state: State! points: Int! borrower: Person readers: [Person!]! shelf: Shelf work: Work
      weight: Int @requires(fields: "shelf { budget }")
    }
    type Shelf @key(fields: "id") {
      id: ID! budget: Int @external copies(state: State): [Copy!]! cost: Int @requires(fields: "budget")
    }
    type Person @key(fields: "id") { id: ID! borrowed: [Copy!]! }
    interface Work @key(fields: "id", resolvable: false) { id: ID! }
    type Book implements Work @key(fields: "id", resolvable: false) { id: ID! }
    type Film implements Work @key(fields: "id", resolvable: false) { id: ID! }
    type Query { copies(ids: [ID!]): [Copy!]! }`,
  resolvers: {
    Copy: {
      __resolveReference: (told: Reference) => ({ ...copy(told.id), ...told }),
      shelf: (row: { shelf: unknown; shelfId: string }) =>
        typeof row.shelf === 'object' ? row.shelf : typed('Shelf', row.shelfId),
      work: ({ workId }: CopyRow) => pick(work(workId), '__typename', 'id'),
      weight: ({ shelf: told, points }: { shelf: { budget: number | null } | undefined; points: number }) =>
        (told?.budget ?? -1) * points,
    },
    Shelf: {
      copies: ({ id }: Reference, args: object) => call(shelf(id), 'copies', args),
      cost: ({ budget }: ShelfRow) => (budget === null ? null : budget * 100),
    },
    Person: { borrowed: ({ id }: Reference) => call(person(id), 'borrowed') },
    Query: { copies: (_: unknown, args: object) => call(town, 'copies', args) },
  },
};

const library: SubgraphUnderTest = {
  name: 'library',
  sdl: `
    interface Work @key(fields: "id") { id: ID! title: String! }
    type Book implements Work @key(fields: "id") { id: ID! title: String! pages: Int! }
    type Film implements Work @key(fields: "id") { id: ID! title: String! minutes: Int! }
    type Query { works: [Work!]! }`,
  resolvers: {
    Work: { __resolveReference: ({ id }: Reference) => work(id) },
    Book: { __resolveReference: ({ id }: Reference) => work(id) },
    Film: { __resolveReference: ({ id }: Reference) => work(id) },
    Query: { works: () => works.map(workFields) },
  },
};

const criticism: SubgraphUnderTest = {
  name: 'criticism',
  sdl: `
    type Work @key(fields: "id") @interfaceObject { id: ID! stars: Int! critics: [Person!]! }
    type Person @key(fields: "id", resolvable: false) { id: ID! }
    type Query { best: [Work!]! }`,
  resolvers: {
    Work: {
      __resolveReference: ({ id }: Reference) => pick(work(id), 'id', 'stars', 'criticIds'),
      critics: ({ criticIds }: WorkRow) =>
        stubs(
          'Person',
          criticIds.map((id) => ({ id })),
        ),
    },
    Query: { best: () => works.map(({ id }) => pick(work(id), 'id', 'stars', 'criticIds')) },
  },
};

export const townSubgraphs: readonly SubgraphUnderTest[] = [people, furniture, lending, library, criticism];
