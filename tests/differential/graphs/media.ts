import type { SubgraphSource } from './subgraph-source.ts';

/** Interfaces that are entities, objects that stand for interfaces, unions that differ, fields provided on abstract types. */
export const media: readonly SubgraphSource[] = [
  {
    name: 'library',
    sdl: `
      interface Media @key(fields: "id") { id: ID! title: String! }
      type Book implements Media @key(fields: "id") { id: ID! title: String! pages: Int! author: Artist }
      type Film implements Media @key(fields: "id") { id: ID! title: String! @shareable minutes: Int length: Float director: Artist }
      type Song implements Media @key(fields: "id") { id: ID! title: String! minutes: Int! singers: [Artist!]! }
      type Artist @key(fields: "id") { id: ID! name: String }
      union Thing = Book | Film | Artist
      type Query { media: [Media!]! medium(id: ID!): Media things: [Thing]! thing: Thing books: [Book!]! }`,
  },
  {
    name: 'reviews',
    sdl: `
      type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int reviews(first: Int): [Review!]! similar: Media
        title: String! @external teaser: String @requires(fields: "title") }
      type Review { text: String! of: Media by: Reviewer score: Int! }
      union Reviewer = Artist | Guest
      type Artist @key(fields: "id") { id: ID! reviews: [Review!]! mood: String }
      type Guest { nick: String! mood: String! }
      type Query { best: [Media!]! review: Review reviewer: Reviewer }`,
  },
  {
    name: 'shops',
    sdl: `
      interface Sellable { price: Int! shop: Shop }
      interface Part { label: String }
      type Book implements Sellable & Part @key(fields: "id") { id: ID! price: Int! shop: Shop label: String
        isbn: String! @shareable pages: Int! @external thickness: Int @requires(fields: "pages") }
      type Ticket implements Sellable & Part { price: Int! shop: Shop label: String film: Film seat: [Int!]! }
      type Film @key(fields: "id") { id: ID! title: String! @external shown: [Ticket!] }
      type Shop @key(fields: "id") { id: ID! name: String! sells: [Sellable!]! window: Sellable
        poster: Film @provides(fields: "title") parts: [[Part]!]! }
      union Thing = Book | Shop
      type Query { shops: [Shop!]! sellables: [Sellable]! offers: [Thing!]! sellable(under: Int): Sellable }`,
  },
];
