/** Operations on the graphs for everything random, each for one rule of execution. */
export type Operation = {
  readonly graph: 'market' | 'media' | 'fleet' | 'council';
  readonly promise: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
};

export const operations: readonly Operation[] = [
  { graph: 'market', promise: 'one fetch', query: '{ product(id: "1") { id title } }' },
  { graph: 'market', promise: 'an alias', query: '{ a: product(id: "1") { b: title } b: top { a: title } }' },
  {
    graph: 'market',
    promise: 'two root fields of one subgraph',
    query: '{ top { id } brand(code: "x") { name } }',
  },
  {
    graph: 'market',
    promise: 'root fields of all subgraphs',
    query: '{ top { id } shelf { row } orders { number } customers { name } }',
  },
  { graph: 'market', promise: 'an entity hop', query: '{ customers { name orders { number } } }' },
  { graph: 'market', promise: 'two hops', query: '{ customers { orders { lines { product { title } } } } }' },
  { graph: 'market', promise: 'hops in parallel', query: '{ products { inStock buyers { id } } }' },
  { graph: 'market', promise: 'a key of several fields', query: '{ shelves { label reserved } }' },
  { graph: 'market', promise: 'a nested key', query: '{ products { inStock } }' },
  { graph: 'market', promise: 'a nested key with a list of entities', query: '{ orders { summary } }' },
  { graph: 'market', promise: 'one requirement', query: '{ products { shipping } }' },
  { graph: 'market', promise: 'a requirement of a requirement', query: '{ products { total } }' },
  {
    graph: 'market',
    promise: 'requirements beside the required field under another name',
    query: '{ products { shipping weight: title w: weight } }',
  },
  { graph: 'market', promise: 'requirements of lists', query: '{ top { banner } }' },
  {
    graph: 'market',
    promise: 'an argument of a field that requires',
    query: '{ products { fast: shipping(express: true) shipping(express: false) } }',
  },
  {
    graph: 'market',
    promise: 'a list of lists of entities',
    query: '{ products { shelves { reserved products { title } } } }',
  },
  {
    graph: 'market',
    promise: 'an input object with defaults',
    query: '{ products(filter: { range: { high: 3 }, not: { size: LARGE } }) { id } }',
  },
  {
    graph: 'market',
    promise: 'variables deep in input objects',
    query:
      'query ($n: Int!, $s: Size) { products(filter: { range: { high: $n, tags: ["a", "b"] }, size: $s }, sizes: [SMALL, LARGE]) { related(filter: { size: $s }) { id } } }',
    variables: { n: 2, s: 'SMALL' },
  },
  {
    graph: 'market',
    promise: 'a default of a variable',
    query: 'query ($first: Int = 3) { top { related(first: $first) { id inStock } } }',
  },
  {
    graph: 'market',
    promise: 'null in place of a default',
    query: 'query ($first: Int = 3) { top { related(first: $first) { id } } }',
    variables: { first: null },
  },
  {
    graph: 'market',
    promise: 'a variable that is not given',
    query: 'query ($row: Int) { shelves(row: $row) { place } }',
  },
  {
    graph: 'market',
    promise: 'a variable called representations',
    query: 'query ($representations: Int) { shelves(row: $representations) { reserved } }',
    variables: { representations: 7 },
  },
  {
    graph: 'market',
    promise: 'a whole fetch that is skipped',
    query: 'query ($yes: Boolean!) { products { title ... on Product @skip(if: $yes) { inStock } } }',
    variables: { yes: true },
  },
  {
    graph: 'market',
    promise: 'a whole fetch that is included',
    query: 'query ($yes: Boolean!) { products { title ... on Product @include(if: $yes) { inStock } } }',
    variables: { yes: true },
  },
  {
    graph: 'market',
    promise: 'conditions inside each other',
    query: 'query ($a: Boolean!, $b: Boolean!) { products @include(if: $a) { title inStock @skip(if: $b) } }',
    variables: { a: true, b: true },
  },
  {
    graph: 'market',
    promise: 'both conditions at one field',
    query: 'query ($a: Boolean!, $b: Boolean!) { top { title @include(if: $a) @skip(if: $b) id } }',
    variables: { a: true, b: false },
  },
  {
    graph: 'market',
    promise: 'an object of which all is skipped',
    query: 'query ($a: Boolean!) { customer { email @include(if: $a) } }',
    variables: { a: false },
  },
  {
    graph: 'market',
    promise: 'a requirement that is skipped',
    query: 'query ($a: Boolean!) { products { inStock shipping @include(if: $a) } }',
    variables: { a: false },
  },
  { graph: 'market', promise: 'nothing but a type', query: '{ __typename }' },
  {
    graph: 'market',
    promise: 'types everywhere',
    query: '{ __typename top { __typename brand { __typename } } t: __typename }',
  },
  {
    graph: 'market',
    promise: 'introspection beside data',
    query: '{ top { id } __type(name: "Money") { kind fields { name } } }',
  },
  {
    graph: 'market',
    promise: 'introspection alone',
    query: '{ __schema { queryType { name } mutationType { name } } }',
  },
  {
    graph: 'market',
    promise: 'a field asked for twice',
    query: '{ top { id title } top { title brand { code } } }',
  },
  {
    graph: 'market',
    promise: 'a named fragment used twice',
    query:
      '{ top { ...P } product(id: "2") { ...P } } fragment P on Product { title brand { ...B } } fragment B on Brand { name }',
  },
  {
    graph: 'market',
    promise: 'names of the prototype',
    query: '{ constructor: top { toString: title hasOwnProperty: id valueOf: inStock } }',
  },
  {
    graph: 'market',
    promise: 'a name that sets the prototype',
    query: '{ top { __proto__: title brand { __proto__: name } } }',
  },
  {
    graph: 'market',
    promise: 'a name that the planner makes up',
    query: '{ top { title__alias_0: id title } }',
  },
  {
    graph: 'market',
    promise: 'a client that calls a field by the name of a key',
    query: '{ products { id: title inStock total } }',
  },
  {
    graph: 'market',
    promise: 'a client that exchanges key and name',
    query: '{ products { sku: id id: sku brand { code: name name: code } inStock } }',
  },
  {
    graph: 'market',
    promise: 'a mutation',
    query: 'mutation { place(lines: [{ product: "1" }]) { number summary } }',
  },
  {
    graph: 'market',
    promise: 'mutations in order',
    query:
      'mutation { a: cancel(number: 1) b: place(lines: [], note: "n") { note customer { name } } c: cancel(number: 2) }',
  },
  { graph: 'media', promise: 'an interface', query: '{ media { id title } }' },
  {
    graph: 'media',
    promise: 'fragments of an interface',
    query: '{ media { ... on Book { pages } ... on Film { minutes } ... on Song { length: minutes } } }',
  },
  {
    graph: 'media',
    promise: 'fields of one name and different types',
    query: '{ media { ... on Film { minutes } ... on Song { minutes } } }',
  },
  {
    graph: 'media',
    promise: 'a union',
    query: '{ things { __typename ... on Book { pages } ... on Artist { name mood } } }',
  },
  {
    graph: 'media',
    promise: 'a union that is smaller elsewhere',
    query: '{ offers { ... on Shop { name } ... on Book { price } ... on Artist { id } } }',
  },
  { graph: 'media', promise: 'an interface in a union', query: '{ things { ... on Media { id title } } }' },
  { graph: 'media', promise: 'an interface object', query: '{ best { id stars } }' },
  { graph: 'media', promise: 'the type of an interface object', query: '{ best { __typename stars } }' },
  {
    graph: 'media',
    promise: 'a fragment of an interface object',
    query: '{ best { ... on Book { pages price } stars } }',
  },
  {
    graph: 'media',
    promise: 'from an interface to its object',
    query: '{ media { title stars reviews(first: 1) { score } } }',
  },
  {
    graph: 'media',
    promise: 'a requirement of an interface object',
    query: '{ media { teaser } best { teaser } }',
  },
  {
    graph: 'media',
    promise: 'from an interface object and back',
    query: '{ best { similar { title similar { __typename stars } } } }',
  },
  { graph: 'media', promise: 'provided fields', query: '{ shops { poster { title } } }' },
  {
    graph: 'media',
    promise: 'provided fields and others',
    query: '{ shops { poster { title minutes shown { price } } } }',
  },
  {
    graph: 'media',
    promise: 'objects without a key in a list of entities',
    query: '{ shops { sells { price ... on Book { thickness stars } } } }',
  },
  {
    graph: 'media',
    promise: 'lists of lists of abstract types',
    query: '{ shops { parts { label ... on Ticket { seat film { title } } ... on Book { isbn } } } }',
  },
  {
    graph: 'media',
    promise: 'a fragment that cannot apply',
    query: '{ books { ... on Media { ... on Film { title } } title } }',
  },
  { graph: 'fleet', promise: 'a field that moved', query: '{ vans { mileage model } }' },
  { graph: 'fleet', promise: 'a hidden field that is required', query: '{ vans { tag } }' },
  { graph: 'fleet', promise: 'a requirement across three subgraphs', query: '{ vans { range } }' },
  {
    graph: 'fleet',
    promise: 'values of a custom scalar',
    query: '{ settings vans { extra wheels { spec } } }',
  },
  {
    graph: 'fleet',
    promise: 'a root field that two subgraphs have',
    query: '{ depot { id city open vans(first: 2) { model } } }',
  },
  {
    graph: 'fleet',
    promise: 'lists of lists of entities that may be null',
    query: '{ grid { plate driver { name } } }',
  },
  {
    graph: 'fleet',
    promise: 'an argument that is a list',
    query: 'query ($at: [Int!]!) { vans { stops(at: $at) { city open } } }',
    variables: { at: [1, 2] },
  },
  { graph: 'fleet', promise: 'one value in place of a list', query: '{ vans { stops(at: 1) { id } } }' },
  {
    graph: 'fleet',
    promise: 'a union of values',
    query:
      '{ contact { ... on Phone { n: number label } ... on Mail { m: number address } } people { contact { __typename } } }',
  },
  {
    graph: 'fleet',
    promise: 'members of a union that cannot be merged',
    query: '{ contact { ... on Phone { number label } ... on Mail { text: number label } } }',
  },
  {
    graph: 'fleet',
    promise: 'mutations of several subgraphs',
    query:
      'mutation { drive(plate: "p", km: 2) { model route { start { city } } } hire(name: "Ada") { name van { tag } } }',
  },
  {
    graph: 'council',
    promise: 'a value that all subgraphs have a part of',
    query: '{ council { motto budget chair { name age } } }',
  },
  {
    graph: 'council',
    promise: 'interfaces that implement interfaces',
    query:
      '{ council { agenda { topic minutes ... on Vote { yes no result } ... on Motion { passed votes { yes } } } } }',
  },
  {
    graph: 'council',
    promise: 'an interface that one subgraph does not know',
    query:
      '{ nodes { id ... on Member { name seats duel } ... on Agenda { topic ... on Motion { minutes } } } }',
  },
  {
    graph: 'council',
    promise: 'requirements inside a required entity',
    query: '{ votes { grade motion { passed } } }',
  },
  { graph: 'council', promise: 'requirements that go round', query: '{ members { duel rival { duel } } }' },
  {
    graph: 'council',
    promise: 'a concrete fragment in an abstract one',
    query: '{ members { friends { ... on Node { id ... on Member { name } } } } }',
  },
];
