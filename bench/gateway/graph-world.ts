export type User = {
  readonly id: string;
  readonly reviews: readonly Review[];
  readonly [field: string]: unknown;
};

export type Product = {
  readonly upc: string;
  readonly price: number;
  readonly weight: number;
  readonly reviews: readonly Review[];
  readonly [field: string]: unknown;
};

export type Review = {
  readonly id: string;
  readonly body: string;
  readonly author: User;
  readonly product: Product;
};

/** Objects that refer to one another: what all subgraphs know together. */
export type World = {
  readonly users: readonly User[];
  readonly products: readonly Product[];
  /** The root value of every schema over this world; graphql-js calls its functions with the arguments. */
  readonly root: Readonly<Record<string, unknown>>;
};

const USERS = 10;
const PRODUCTS = 10;
const REVIEWS = 40;
const ORDERS_OF_USER = 3;

/** The same world every time, in every process. */
export const graphWorld = (): World => {
  const users = times(USERS, userOf);
  const products = times(PRODUCTS, productOf);
  times(REVIEWS, (index) => {
    // Each user writes about four products that lie apart, and each product has four authors.
    const author = pick(users, index % USERS);
    const product = pick(products, (index * 3 + Math.floor(index / USERS)) % PRODUCTS);
    const review = { id: `review-${index}`, body: bodyOf(index), author, product };
    author.reviews.push(review);
    product.reviews.push(review);
  });
  return {
    users,
    products,
    root: {
      user: ({ id }: { readonly id: string }) => users.find((user) => user.id === id),
      users: ({ first }: Page) => users.slice(0, first),
      topProducts: ({ first }: Page) => products.slice(0, first),
    },
  };
};

/** What the inventory computes from what others know: a gateway that sends the wrong inputs gets a wrong answer. */
export const shippingEstimateOf = (price: number, weight: number): number =>
  price > 1_000 ? 0 : Math.round(weight / 2) + (price % 7);

type Page = { readonly first: number };

const userOf = (index: number) => ({
  __typename: 'User',
  id: String(index + 1),
  username: `@user${index + 1}`,
  name: `${pick(['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara'], index % 5)} ${pick(['Hill', 'Wood'], index % 2)}`,
  email: `user${index + 1}@example.com`,
  city: index % 3 === 0 ? null : 'Vienna',
  country: 'AT',
  plan: 'team',
  active: index % 4 !== 0,
  logins: 17 * (index + 1),
  reviews: [] as Review[],
  orders: times(ORDERS_OF_USER, (order) => ({
    id: `order-${index}-${order}`,
    status: pick(['paid', 'sent', 'back'], order),
    total: 1_250 * (order + 1) + index,
  })),
});

const productOf = (index: number) => {
  const [price, weight] = [400 + 137 * index, 90 * (index + 1)];
  return {
    __typename: 'Product',
    upc: `upc-${index + 1}`,
    name: `${pick(['Oak', 'Ash', 'Elm', 'Fir', 'Yew'], index % 5)} ${pick(['table', 'chair', 'shelf'], index % 3)}`,
    price,
    weight,
    inStock: index % 3 !== 1,
    shippingEstimate: shippingEstimateOf(price, weight),
    reviews: [] as Review[],
  };
};

const sentences = [
  'Better than what we had before, and it came a day early.',
  'The wood is lighter than in the picture; otherwise fine.',
  'Would buy again, though the manual could be clearer.',
];

const bodyOf = (index: number): string => `${pick(sentences, index % 3)} ${pick(sentences, (index + 1) % 3)}`;

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

const pick = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no item ${index} among ${items.length}.`);
  return item;
};
