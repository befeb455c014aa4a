import type { SubgraphSource } from './subgraph-source.ts';

/** Every subgraph has a part of every type, and of the root fields too. */
export const council: readonly SubgraphSource[] = [
  {
    name: 'north',
    sdl: `
      interface Node { id: ID! }
      interface Agenda implements Node { id: ID! topic: String! }
      type Motion implements Node & Agenda @key(fields: "id") { id: ID! topic: String! @shareable text: String by: Member }
      type Vote implements Node & Agenda @key(fields: "id") { id: ID! topic: String! @shareable yes: Int! motion: Motion }
      type Member implements Node @key(fields: "id") { id: ID! name: String @shareable party: Party seats: [[Int]!] }
      type Party @shareable { name: String! color: String }
      type Stats @shareable { a: Int }
      type Query { council: Council @shareable node(id: ID!): Node nodes: [Node!]! stats: Stats @shareable }
      type Council @shareable { chair: Member agenda: [Agenda!]! motto: String }`,
  },
  {
    name: 'south',
    sdl: `
      interface Agenda { id: ID! topic: String! minutes: Int! }
      type Motion implements Agenda @key(fields: "id") { id: ID! topic: String! @shareable minutes: Int! votes: [Vote!]! }
      type Vote implements Agenda @key(fields: "id") { id: ID! topic: String! @shareable minutes: Int! no: Int }
      type Member @key(fields: "id") { id: ID! age: Int! votes(last: Int): [Vote!]! friends: [Member] rival: Member }
      type Party @shareable { name: String! color: String }
      type Query { council: Council @shareable upcoming: Agenda members: [Member!]! }
      type Council { chair: Member @shareable agenda: [Agenda!]! @shareable motto: String @shareable budget: Int! }`,
  },
  {
    name: 'east',
    sdl: `
      type Motion @key(fields: "id") { id: ID! votes: [Vote!]! @external
        passed: Boolean @requires(fields: "votes { yes }") weightOf(factor: Int! = 2): Int @requires(fields: "text") text: String @external }
      type Vote @key(fields: "id") { id: ID! yes: Int! @external no: Int @external motion: Motion @external
        result: String @requires(fields: "yes no") grade: Int @requires(fields: "motion { passed }") }
      type Member @key(fields: "id") { id: ID! name: String @shareable rival: Member @external age: Int! @external
        duel: String @requires(fields: "rival { age name }") }
      type Stats @shareable { a: Int }
      type Query { stats: Stats @shareable votes: [Vote]! }`,
  },
];
