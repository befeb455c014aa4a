import type { SubgraphSource } from './subgraph-source.ts';

/** Fields that moved, hidden fields that others require, custom scalars, renamed directives, types divided among all. */
export const fleet: readonly SubgraphSource[] = [
  {
    name: 'yard',
    sdl: `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
        import: [{ name: "@key", as: "@identified" }, "@shareable", "@inaccessible", "@external", "@tag"])
      scalar JSON
      type Van @identified(fields: "plate") { plate: ID! model: String! mileage: Int! wheels: [Wheel!]! extra: JSON
        secret: String @inaccessible home: Depot color: Color driver: Driver lastSeen: Spot }
      type Wheel { worn: Float! spec: JSON position: Int }
      enum Color { RED BLUE GREY @inaccessible }
      type Depot @identified(fields: "id") { id: ID! city: String @shareable vans(first: Int = 1): [Van!]! spot: Spot! }
      type Spot @shareable { x: Int! y: Int note: String }
      type Driver @identified(fields: "id") { id: ID! van: Van }
      type Query { vans: [Van!]! van(plate: ID!): Van depot: Depot @shareable grid: [[Van]!] settings: JSON }`,
  },
  {
    name: 'routes',
    sdl: `
      scalar JSON
      type Van @key(fields: "plate") { plate: ID! mileage: Int! @override(from: "yard") secret: String @external
        driver: Driver @external extra: JSON @external
        tag: String @requires(fields: "secret") range: Int! @requires(fields: "driver { grade } extra")
        route: Route stops(at: [Int!]!): [Depot]! }
      type Driver @key(fields: "id") { id: ID! grade: Int @external }
      type Route { legs: [Leg!]! start: Depot via: [[Spot!]!]! }
      type Leg { from: Depot to: Depot! km: Float! }
      type Spot @shareable { x: Int! y: Int note: String }
      type Depot @key(fields: "id") { id: ID! city: String @shareable open: Boolean! routes: [Route!] }
      type Query { routes: [Route!]! depot: Depot @shareable }
      type Mutation { drive(plate: ID!, km: Int! = 1): Van }`,
  },
  {
    name: 'staff',
    sdl: `
      interface Person { name: String! contact: Contact }
      type Driver implements Person @key(fields: "id") { id: ID! name: String! grade: Int contact: Contact boss: Chief }
      type Chief implements Person @key(fields: "id") { id: ID! name: String! contact: Contact drivers: [Driver!]! depot: Depot }
      type Depot @key(fields: "id", resolvable: false) { id: ID! }
      union Contact = Phone | Mail
      type Phone { number: Int! label: String }
      type Mail { address: String! label: String! number: String }
      type Query { people: [Person!]! chief: Chief contact: [Contact!]! }
      type Mutation { hire(name: String!): Driver }`,
  },
];
