import {
  compileOperation,
  execute,
  preparePart,
  preparePlanning,
  schemaFacts,
  type EngineError,
  type FetchCall,
} from '@saas/engine';
import {
  buildASTSchema,
  buildSchema,
  getOperationAST,
  graphql,
  parse,
  print,
  validate,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import { composeSupergraph } from '../supergraph/compose-supergraph.ts';
import { planningSupergraph } from '../supergraph/planning-supergraph.ts';
import { readAuthorizationTable } from './authorization-table.ts';

const link = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.12"
  import: ["@key", "@shareable", "@requires", "@external", "@policy", { name: "@authenticated", as: "@signedIn" }, { name: "@requiresScopes", as: "@needs" }]
)`;

const people = `
  type Query {
    me: User
    node: Node
    nodes: [Node!]
    thing: Thing
    staff: Staff
    account: Account
    version: Int
    visits(first: Int): Int @signedIn
    badge: Badge
    mood: Mood
  }
  type Mutation {
    rename(name: String): User
    fire(id: ID!): User @needs(scopes: [["people:fire"]])
  }
  interface Node { id: ID! label: String }
  type User implements Node @key(fields: "id") {
    id: ID!
    label: String
    name: String
    mail: String @signedIn
    code: String! @signedIn
    boss: User
    friends: [User!]
  }
  type Place implements Node { id: ID! label: String @needs(scopes: [["places:read"]]) isOpen: Boolean }
  type Staff @policy(policies: [["hr", "eu"], ["board"]]) { title: String }
  union Thing = User | Staff
  scalar Badge @needs(scopes: [["badges"], ["admin"]])
  enum Mood @signedIn { GOOD BAD }
  type Account @key(fields: "number") { number: ID @needs(scopes: [["accounts"]]) owner: String }
`;

const pay = `
  type User @key(fields: "id") {
    id: ID!
    salary: Int @needs(scopes: [["pay:read", "hr"], ["pay:all"]])
    bonus: Int
  }
  type Account @key(fields: "number") { number: ID balance: Int }
`;

const subgraph = (name: string, sdl: string) => ({
  name,
  routingUrl: `http://${name}/graphql`,
  sdl: `${link}\n${sdl}`,
  location: `${name}.graphql`,
});

/** People and what they are paid: fields, types, a union member, a scalar, an enum and a key are kept from some. For tests. */
export const protectedSupergraph = (): string =>
  composeSupergraph([subgraph('people', people), subgraph('pay', pay)]).supergraphSdl;

const user = { __typename: 'User', id: 'u1', label: 'L', name: 'Ada', mail: 'ada@x', code: 'c-1' };
const place = { __typename: 'Place', id: 'p1', label: 'Oslo', isOpen: true };
const roots: Readonly<Record<string, object>> = {
  people: {
    me: { ...user, boss: user, friends: [user, user] },
    node: user,
    nodes: [user, place],
    thing: { __typename: 'Staff', title: 'Chief' },
    staff: { title: 'Chief' },
    account: { __typename: 'Account', number: 'a1', owner: 'Ada' },
    version: 1,
    visits: 55_555,
    badge: 'gold',
    mood: 'GOOD',
    rename: user,
    fire: user,
  },
  pay: {
    _entities: ({ representations }: { representations: readonly { __typename: string }[] }) =>
      representations.map(({ __typename }) => ({ __typename, salary: 77_777, bonus: 1, balance: 7 })),
  },
};

const plain = (sdl: string): string => sdl.replaceAll(/ @\w+(\([^)]*\))?/g, '');
const schemas: Readonly<Record<string, string>> = {
  people: plain(people),
  pay: `${plain(pay)} type Query { _entities(representations: [_Any!]!): [_Entity]! }
    scalar _Any union _Entity = User | Account`,
};

/** What a client must never see who is denied the requirement whose key holds this text. For tests. */
export const secrets: readonly (readonly [string, readonly string[]])[] = [
  ['authenticated', ['ada@x', 'c-1', '55555', 'GOOD']],
  ['pay:all', ['77777']],
  ['badges', ['gold']],
  ['accounts', ['a1']],
  ['places:read', ['Oslo']],
  ['board', ['Chief']],
];

export type Asked = { readonly service: string; readonly query: string };

/** The protected supergraph over subgraphs in this process, planned by the stock planner and run by our engine. For tests. */
export const protectedGraph = () => {
  const supergraphSdl = protectedSupergraph();
  const planning = planningSupergraph(supergraphSdl, { isDeferEnabled: false });
  const api = buildASTSchema(parse(planning.loaded.apiSdl), { assumeValid: true });
  const supergraph = buildASTSchema(parse(supergraphSdl), { assumeValid: true, assumeValidSDL: true });
  const facts = schemaFacts({ supergraph, api });
  const table = readAuthorizationTable(supergraphSdl);
  const services = new Map(Object.entries(schemas).map(([name, sdl]) => [name, buildSchema(sdl)]));

  const operationOf = (query: string) => {
    const document = parse(query);
    const [mistake] = validate(api, document);
    if (mistake) throw mistake;
    return { document, operation: getOperationAST(document) as OperationDefinitionNode };
  };

  /** Runs this part of `document`. */
  const run = async (
    document: DocumentNode,
    part: DocumentNode,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<{ data: unknown; errors: readonly EngineError[]; asked: readonly Asked[] }> => {
    const { documentToPlan, restore } =
      part === document ? preparePlanning(facts, document) : preparePart(facts, { document, part });
    const planned = planning.plan(print(documentToPlan), undefined);
    if (planned.kind !== 'planned') throw new Error(JSON.stringify(planned));
    const operation = compileOperation(facts, {
      plan: JSON.parse(planned.planJson),
      document,
      part,
      restore,
    });
    const asked: Asked[] = [];
    const fetch = async ({ service, query, variables: given, representationsJson }: FetchCall) => {
      asked.push({ service, query });
      const representations: unknown = JSON.parse(`[${representationsJson?.join(',') ?? ''}]`);
      const schema = services.get(service);
      if (schema === undefined) throw new Error(`no subgraph ${service}`);
      const { data, errors } = await graphql({
        schema,
        source: query,
        rootValue: roots[service],
        variableValues: { representations, ...given },
      });
      if (errors?.[0]) throw errors[0];
      return JSON.parse(JSON.stringify({ data })) as { data: Record<string, unknown> };
    };
    const { dataJson, errors } = await execute(operation, { variables, fetch });
    return { data: dataJson === undefined ? undefined : JSON.parse(dataJson), errors, asked };
  };

  return { api, table, operationOf, run };
};
