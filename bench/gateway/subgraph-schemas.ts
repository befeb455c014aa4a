/**
 * The five subgraphs of the comparison, in the syntax of Federation 1: every candidate reads it, and it composes to a
 * Federation 2 supergraph as it is.
 */
export const subgraphSchemas: Readonly<Record<string, string>> = {
  accounts: `
extend type Query {
  user(id: ID!): User
  users(first: Int!): [User!]!
}

type User @key(fields: "id") {
  id: ID!
  username: String!
  name: String!
  email: String!
  city: String
  country: String
  plan: String!
  active: Boolean!
  logins: Int!
}
`,
  products: `
extend type Query {
  topProducts(first: Int!): [Product!]!
}

type Product @key(fields: "upc") {
  upc: ID!
  name: String!
  price: Int!
  weight: Int!
}
`,
  reviews: `
type Review {
  id: ID!
  body: String!
  author: User
  product: Product
}

extend type User @key(fields: "id") {
  id: ID! @external
  reviews: [Review!]
}

extend type Product @key(fields: "upc") {
  upc: ID! @external
  reviews: [Review!]
}
`,
  inventory: `
extend type Product @key(fields: "upc") {
  upc: ID! @external
  price: Int! @external
  weight: Int! @external
  inStock: Boolean
  shippingEstimate: Int @requires(fields: "price weight")
}
`,
  orders: `
type Order {
  id: ID!
  status: String!
  total: Int!
}

extend type User @key(fields: "id") {
  id: ID! @external
  orders: [Order!]
}
`,
};
