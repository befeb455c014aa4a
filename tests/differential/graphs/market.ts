import type { SubgraphSource } from './subgraph-source.ts';

/** Keys of several fields, nested keys, several keys for one type, requirements with and of requirements, input types. */
export const market: readonly SubgraphSource[] = [
  {
    name: 'catalogue',
    sdl: `
      enum Size { SMALL LARGE }
      input Range { low: Int = 0 high: Int! tags: [String!] }
      input Filter { range: Range size: Size not: Filter }
      type Money @shareable { amount: Int! currency: String }
      type Dimensions @shareable { size: Size length: Float! depth: Float }
      type Product @key(fields: "id") @key(fields: "sku brand { code }") {
        id: ID! sku: String! brand: Brand! title: String! price(currency: String = "NOK"): Money
        dimensions: Dimensions! related(first: Int = 2, filter: Filter): [Product!]! tags: [String]! weight: Int
        rank: Float @shareable
      }
      type Brand @key(fields: "code") { code: ID! name: String slogan: String! owner: Brand }
      type Query {
        product(id: ID!): Product products(filter: Filter, sizes: [Size!]): [Product!]! brand(code: ID!): Brand
        top: Product
      }`,
  },
  {
    name: 'stock',
    sdl: `
      enum Size { SMALL LARGE }
      type Dimensions @shareable { size: Size length: Float! depth: Float }
      type Product @key(fields: "sku brand { code }") {
        sku: String! brand: Brand! weight: Int @external dimensions: Dimensions! @external
        rank: Float @shareable
        inStock: Int! shelves: [[Shelf!]]
        shipping(express: Boolean = false): Int @requires(fields: "weight dimensions { length size }")
      }
      type Brand @key(fields: "code", resolvable: false) { code: ID! }
      type Shelf @key(fields: "row place") { row: Int! place: Int! products: [Product!]! label: String }
      type Query { shelves(row: Int): [Shelf!]! shelf: Shelf }`,
  },
  {
    name: 'orders',
    sdl: `
      type Product @key(fields: "id") {
        id: ID! shipping(express: Boolean = false): Int @external tags: [String]! @external title: String! @external
        total: Int @requires(fields: "shipping") banner: String! @requires(fields: "title tags")
        buyers: [Customer]
      }
      type Customer @key(fields: "email") @key(fields: "id") { email: String! id: ID! nick: String! orders(last: Int = 1): [Order!]! }
      type Order @key(fields: "number customer { id }") {
        number: Int! customer: Customer! lines: [Line!]! note: String
      }
      type Line { product: Product quantity: Int! gift: Boolean }
      type Shelf @key(fields: "row place") { row: Int! place: Int! reserved: Boolean! }
      type Query { orders: [Order!]! customer: Customer }
      type Mutation { place(lines: [LineInput!]!, note: String): Order cancel(number: Int!): Boolean }
      input LineInput { product: ID! quantity: Int = 1 }`,
  },
  {
    name: 'people',
    sdl: `
      type Customer @key(fields: "id") { id: ID! name: String nick: String! @external friends: [Customer!] favourite: Product }
      type Product @key(fields: "id", resolvable: false) { id: ID! }
      type Order @key(fields: "number customer { id }") {
        number: Int! customer: Customer! lines: [Line!]! @external
        summary: String @requires(fields: "lines { quantity gift product { id } } customer { nick }")
      }
      type Line @shareable { product: Product @external quantity: Int! @external gift: Boolean @external }
      type Query { customers: [Customer]! }`,
  },
];
