import type { SubgraphSource } from '../graphs/subgraph-source.ts';

/** A small graph of one shape, and operations that need it. */
export type Shape = {
  readonly name: string;
  readonly subgraphs: readonly SubgraphSource[];
  readonly queries: readonly string[];
};

const of = (name: string, sdls: Readonly<Record<string, string>>, ...queries: string[]): Shape => ({
  name,
  subgraphs: Object.entries(sdls).map(([subgraph, sdl]) => ({ name: subgraph, sdl })),
  queries,
});

export const shapes: readonly Shape[] = [
  of(
    'a simple entity',
    {
      names: 'type User @key(fields: "id") { id: ID! name: String } type Query { user: User users: [User] }',
      ages: 'type User @key(fields: "id") { id: ID! age: Int }',
    },
    '{ user { id name age } users { age } }',
    '{ users { id } }',
  ),
  of(
    'keys that differ between subgraphs',
    {
      one: 'type Item @key(fields: "id") @key(fields: "upc") { id: ID! upc: String! one: Int } type Query { items: [Item!]! }',
      two: 'type Item @key(fields: "upc") { upc: String! two: Int }',
      three: 'type Item @key(fields: "id") @key(fields: "code") { id: ID! code: String! three: Int }',
      four: 'type Item @key(fields: "code") { code: String! four: Int owner: Item }',
    },
    '{ items { one two three four } }',
    '{ items { owner { owner { two } } } }',
  ),
  of(
    'keys of several parts',
    {
      one: 'type Seat @key(fields: "hall { id floor } number") { hall: Hall! number: Int! price: Int } type Hall @key(fields: "id floor") { id: ID! floor: Int! name: String } type Query { seats: [Seat!]! }',
      two: 'type Seat @key(fields: "hall { id floor } number") { hall: Hall! number: Int! taken: Boolean! by: Guest } type Hall @key(fields: "id floor", resolvable: false) { id: ID! floor: Int! } type Guest @key(fields: "email") { email: String! }',
      three:
        'type Guest @key(fields: "email") { email: String! name: String seats: [Seat!] } type Seat @key(fields: "hall { id floor } number", resolvable: false) { hall: Hall! number: Int! } type Hall @shareable { id: ID! floor: Int! }',
    },
    '{ seats { price taken hall { name } by { name seats { price } } } }',
  ),
  of(
    'enums that have something in common',
    {
      one: 'enum Kind { A B C } type User @key(fields: "id") { id: ID! kind: Kind @shareable } type Query { users(kind: Kind): [User!]! }',
      two: 'enum Kind { A B C } type User @key(fields: "id") { id: ID! kind: Kind @shareable level: Kind } type Query { two(kind: Kind = A): User }',
    },
    '{ users(kind: A) { kind level } two { kind } }',
  ),
  of(
    'input objects that have something in common',
    {
      one: 'input Filter { first: Int! only: String } type User @key(fields: "id") { id: ID! name: String } type Query { one(filter: Filter): [User!] }',
      two: 'input Filter { first: Int! other: Boolean } type User @key(fields: "id") { id: ID! age: Int } type Query { two(filter: Filter!): [User!] }',
    },
    '{ one(filter: { first: 2 }) { name age } two(filter: { first: 1 }) { name age } }',
  ),
  of(
    'an interface object',
    {
      accounts:
        'interface Account @key(fields: "id") { id: ID! name: String } type Admin implements Account @key(fields: "id") { id: ID! name: String power: Int } type Guest implements Account @key(fields: "id") { id: ID! name: String } type Query { accounts: [Account!]! }',
      mail: 'type Account @key(fields: "id") @interfaceObject { id: ID! mail: String friend: Account } type Query { senders: [Account!]! }',
    },
    '{ accounts { __typename id name mail ... on Admin { power mail } } }',
    '{ senders { mail friend { __typename name ... on Guest { mail } } } }',
  ),
  of(
    'an interface object that cannot be resolved',
    {
      one: 'interface Node @key(fields: "id") { id: ID! } type Product implements Node @key(fields: "id") { id: ID! title: String } type Shop implements Node @key(fields: "id") { id: ID! city: String } type Query { node: Node nodes: [Node!] }',
      two: 'type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! } type Query { last: Node }',
    },
    '{ node { id } last { id } nodes { ... on Product { title } ... on Shop { city } } }',
  ),
  of(
    'mutations',
    {
      one: 'type Product @key(fields: "id") { id: ID! title: String } type Query { product: Product } type Mutation { add(title: String!): Product! drop(id: ID!): Boolean }',
      two: 'type Product @key(fields: "id") { id: ID! price: Int } type Mutation { pay(id: ID!, price: Int = 3): Product }',
    },
    'mutation { add(title: "A") { title price } pay(id: "x") { title price } drop(id: "1") }',
    'mutation { a: pay(id: "1", price: 1) { price } add(title: "B") { id } b: pay(id: "2") { title } }',
  ),
  of(
    'fields that moved',
    {
      old: 'type Post @key(fields: "id") { id: ID! text: String by: String likes: Int } type Query { feed: [Post!]! }',
      new: 'type Post @key(fields: "id") { id: ID! by: String @override(from: "old") likes: Int @override(from: "old") } type Query { latest: Post }',
    },
    '{ feed { text by likes } latest { text by } }',
  ),
  of(
    'parents that are asked again',
    {
      one: 'type Product @key(fields: "id") { id: ID! category: Category @shareable } type Category { id: ID! @shareable } type Query { products: [Product!]! }',
      two: 'type Product @key(fields: "id") { id: ID! category: Category @shareable } type Category { id: ID! @shareable details: String }',
    },
    '{ products { id category { id details } } }',
  ),
  of(
    'fields provided on an interface',
    {
      one: 'interface Media { id: ID! animals: [Animal] } interface Animal { id: ID! name: String } type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] } type Dog implements Animal @key(fields: "id") { id: ID! name: String @shareable age: Int } type Cat implements Animal @key(fields: "id") { id: ID! name: String @shareable age: Int } type Query { media: Media }',
      two: 'interface Animal { id: ID! name: String } type Dog implements Animal @key(fields: "id") { id: ID! name: String @external } type Cat implements Animal @key(fields: "id") { id: ID! name: String @external } type Query { pets: [Animal] @provides(fields: "... on Dog { name } ... on Cat { name }") }',
    },
    '{ media { animals { name ... on Dog { age } } } pets { id name ... on Cat { age } } }',
  ),
  of(
    'fields provided on a union',
    {
      one: 'union Media = Book | Film type Book @key(fields: "id") { id: ID! title: String @shareable pages: Int } type Film @key(fields: "id") { id: ID! title: String @shareable } type Query { all: [Media!]! }',
      two: 'union Media = Book | Film type Book @key(fields: "id") { id: ID! title: String @external } type Film @key(fields: "id") { id: ID! } type Query { some: [Media!]! @provides(fields: "... on Book { title }") }',
    },
    '{ all { ... on Book { title } } some { __typename ... on Book { title pages } ... on Film { title } } }',
  ),
  of(
    'requirements with fragments',
    {
      one: 'interface Data { id: ID! } type Text implements Data { id: ID! text: String } type Link implements Data { id: ID! url: String! label: String } type Entity @key(fields: "id") { id: ID! data: Data } type Query { entities: [Entity!]! }',
      two: 'interface Data { id: ID! } type Text implements Data { id: ID! @external text: String @external } type Link implements Data { id: ID! @external url: String! @external } type Entity @key(fields: "id") { id: ID! data: Data @external hash: String @requires(fields: "data { id ... on Text { text } ... on Link { url } }") }',
    },
    '{ entities { hash } }',
    '{ entities { data { __typename ... on Link { label } } hash } }',
  ),
  of(
    'requirements of requirements',
    {
      one: 'type Product @key(fields: "id") { id: ID! base: Int } type Query { products: [Product!]! }',
      two: 'type Product @key(fields: "id") { id: ID! base: Int @external taxed: Int @requires(fields: "base") }',
      three:
        'type Product @key(fields: "id") { id: ID! taxed: Int @external label: String @requires(fields: "taxed") }',
      four: 'type Product @key(fields: "id") { id: ID! label: String @external base: Int @external badge: String @requires(fields: "label base") }',
    },
    '{ products { badge } }',
    '{ products { badge label taxed base } }',
  ),
  of(
    'requirements that go round',
    {
      one: 'type Author @key(fields: "id") { id: ID! years: Int @external name: String @requires(fields: "years") }  type Post @key(fields: "id") { id: ID! author: Author byExpert: Boolean @requires(fields: "byNovice") byNovice: Boolean @external }',
      two: 'type Post @key(fields: "id") { id: ID! author: Author @external byNovice: Boolean @requires(fields: "author { years }") } type Author @key(fields: "id") { id: ID! years: Int @external } type Query { feed: [Post!]! }',
      three: 'type Author @key(fields: "id") { id: ID! years: Int }',
    },
    '{ feed { byNovice } }',
  ),
  of(
    'roots that are shared',
    {
      one: 'type Product { id: ID! @shareable name: Name } type Name { brand: String } type Query { product: Product! @shareable products: [Product!]! @shareable }',
      two: 'type Product { id: ID! @shareable price: Int } type Query { product: Product! @shareable products: [Product!]! @shareable }',
    },
    '{ product { id name { brand } price } }',
    '{ products { price name { brand } } }',
  ),
  of(
    'unions that have something in common',
    {
      one: 'union Media = Book | Song type Book { title: String @shareable } type Song { title: String @shareable } type Query { media: Media @shareable viewer: Viewer } type Viewer @key(fields: "id") { id: ID! media: [Media!] @shareable }',
      two: 'union Media = Book | Film type Book { title: String @shareable } type Film { title: String } type Query { media: Media @shareable } type Viewer @key(fields: "id") { id: ID! media: [Media!] @shareable film: Media }',
    },
    '{ media { __typename ... on Book { title } ... on Film { title } } viewer { media { ... on Song { title } ... on Book { title } } film { __typename } } }',
  ),
  of(
    'hidden parts',
    {
      one: 'type User @key(fields: "id") { id: ID! secret: String @inaccessible mood: Mood } enum Mood { GOOD BAD WORSE @inaccessible } type Query { users: [User!]! hidden: Int @inaccessible }',
      two: 'type User @key(fields: "id") { id: ID! secret: String @external rank: String @requires(fields: "secret") }',
    },
    '{ users { id rank mood } }',
  ),
  of(
    'abstract types everywhere',
    {
      one: 'interface Node { id: ID! } interface Item implements Node { id: ID! label: String } type A implements Node & Item @key(fields: "id") { id: ID! label: String a: Int next: Item } type B implements Node & Item @key(fields: "id") { id: ID! label: String b: Int all: [Node!]! } type C implements Node { id: ID! c: Int } type Query { nodes: [Node!]! item: Item }',
      two: 'type A @key(fields: "id") { id: ID! more: Either } type B @key(fields: "id") { id: ID! more: Either! } union Either = A | B type Query { either: Either }',
    },
    '{ nodes { id ... on Item { label ... on A { more { ... on B { b } } next { label } } } ... on C { c } } }',
    '{ either { ... on Node { id } ... on A { a } ... on B { all { __typename ... on A { more { __typename } } } } } item { ... on B { more { ... on A { next { id } } } } } }',
  ),
  of(
    'types of everything',
    {
      one: 'union Both = One | Two type One { id: ID! } type Two { id: ID! } type Query { both: Both all: [Both!] }',
      two: 'type Query { other: Int }',
    },
    '{ __typename both { __typename } all { t: __typename __typename } other }',
  ),
  of(
    'external fields in the manner of the first federation',
    {
      one: 'type Agency @key(fields: "id") { id: ID! company: String } type Query { agency: Agency }',
      two: 'type Agency @key(fields: "id") { id: ID! company: String @external report: String @requires(fields: "company") }',
    },
    '{ agency { company report } }',
  ),
];
