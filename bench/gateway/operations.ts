export type Operation = {
  readonly name: string;
  readonly what: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Requests under way at the same time, each on a connection of its own. */
  readonly connections: number;
};

/** What every candidate is asked, in this order. */
export const operations: readonly Operation[] = [
  {
    name: 'small',
    what: 'one field set from one subgraph',
    query:
      'query Small($id: ID!) { user(id: $id) { id username name email city country plan active logins } }',
    variables: { id: '2' },
    connections: 50,
  },
  {
    name: 'hop',
    what: 'one entity hop',
    query:
      'query Hop($first: Int!) { topProducts(first: $first) { upc name price weight reviews { id body } } }',
    variables: { first: 6 },
    connections: 50,
  },
  {
    name: 'large',
    what: 'nested, five subgraphs',
    query: `query Large($users: Int!, $products: Int!) {
  users(first: $users) {
    id username name
    orders { id status total }
    reviews {
      id body
      product {
        ...Facts
        reviews { id body author { id username name reviews { id product { ...Facts } } } }
      }
    }
  }
  topProducts(first: $products) {
    ...Facts
    reviews { id body author { id username name } }
  }
}
fragment Facts on Product { upc name price weight inStock shippingEstimate }`,
    variables: { users: 6, products: 8 },
    connections: 16,
  },
];

/** The body of a request for an operation. */
export const requestBody = ({ query, variables }: Operation): string => JSON.stringify({ query, variables });
