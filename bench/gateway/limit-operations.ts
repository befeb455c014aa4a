import { entityFetch, known, rootFetch, type Posts } from './limit-fetches.ts';

type Variables = Readonly<Record<string, unknown>>;

/**
 * The three operations by hand: the same subgraph calls that a plan makes whose fetches of one shape to one subgraph, when
 * they can begin together, are one call; the answers joined in plain code.
 */
export const limitOperations: Readonly<
  Record<string, (posts: Posts, variables: Variables) => Promise<unknown>>
> = {
  small: async (posts, { id }) => small(posts, { id }),

  hop: async (posts, { first }) => {
    const { topProducts } = await hop(posts, { first });
    const reviews = await hopReviews(posts, productRepresentations(topProducts));
    return {
      topProducts: topProducts.map(({ upc, name, price, weight }) => {
        return { upc, name, price, weight, reviews: known(reviews, upc).reviews };
      }),
    };
  },

  large: async (posts, { users, products }) => {
    const [userList, productList] = await Promise.all([
      largeUsers(posts, { first: users }),
      largeProducts(posts, { first: products }),
    ]);
    return { users: userList, topProducts: productList };
  },
};

type Author = { readonly id: string };
type AuthorNames = { readonly username: string; readonly name: string };
type ProductKey = { readonly upc: string };
type Facts = { readonly name: string; readonly price: number; readonly weight: number };
type Review = { readonly id: string; readonly body: string };
type WrittenReview = Review & { readonly author: Author & { readonly reviews: readonly OwnReview[] } };
type OwnReview = { readonly id: string; readonly product: ProductKey };
type ReviewedProduct = ProductKey & { readonly reviews: readonly WrittenReview[] };
type UserReview = Review & { readonly product: ReviewedProduct };
type ReviewsOf<Item> = { readonly reviews: readonly Item[] };

const FACTS = 'name price weight';
const small = rootFetch<unknown>(
  'accounts',
  'query($id:ID!){user(id:$id){id username name email city country plan active logins}}',
);
const hop = rootFetch<{ readonly topProducts: readonly (ProductKey & Facts)[] }>(
  'products',
  `query($first:Int!){topProducts(first:$first){__typename upc ${FACTS}}}`,
);
const hopReviews = entityFetch<ReviewsOf<Review>>('reviews', 'Product', 'reviews{id body}');

const users = rootFetch<{ readonly users: readonly (Author & AuthorNames)[] }>(
  'accounts',
  'query($first:Int!){users(first:$first){__typename id username name}}',
);
const orders = entityFetch<{ readonly orders: unknown }>('orders', 'User', 'orders{id status total}');
const userReviews = entityFetch<ReviewsOf<UserReview>>(
  'reviews',
  'User',
  'reviews{id body product{__typename upc reviews{id body author{__typename id reviews{id product{__typename upc}}}}}}',
);
const productReviews = entityFetch<ReviewsOf<Review & { readonly author: Author }>>(
  'reviews',
  'Product',
  'reviews{id body author{__typename id}}',
);
const facts = entityFetch<Facts>('products', 'Product', FACTS);
const stock = entityFetch<{ readonly inStock: boolean }>('inventory', 'Product', 'inStock');
const shipping = entityFetch<{ readonly shippingEstimate: number }>(
  'inventory',
  'Product',
  'shippingEstimate',
);
const stockAndShipping = entityFetch<{ readonly inStock: boolean; readonly shippingEstimate: number }>(
  'inventory',
  'Product',
  'inStock shippingEstimate',
);
const authorNames = entityFetch<AuthorNames>('accounts', 'User', 'username name');

const largeUsers = async (posts: Posts, page: object): Promise<unknown> => {
  const { users: list } = await users(posts, page);
  const representations = userRepresentations(list);
  const [reviews, ordersOf] = await Promise.all([
    reviewsWithProducts(posts, representations),
    orders(posts, representations),
  ]);
  return list.map(({ id, username, name }) => {
    return { id, username, name, orders: known(ordersOf, id).orders, reviews: reviews(id) };
  });
};

/** What users wrote, about which products, what others wrote about these, and about what else. */
const reviewsWithProducts = async (posts: Posts, representations: ReadonlyMap<string, object>) => {
  const found = await userReviews(posts, representations);
  const [products, authors]: [ProductKey[], Author[]] = [[], []];
  for (const { reviews } of found.values())
    for (const { product } of reviews) {
      products.push(product);
      for (const { author } of product.reviews) {
        authors.push(author);
        for (const review of author.reviews) products.push(review.product);
      }
    }
  const [factsOf, names] = await Promise.all([
    factsAndStock(posts, productRepresentations(products)),
    authorNames(posts, userRepresentations(authors)),
  ]);
  const own = ({ id, product }: OwnReview) => ({ id, product: known(factsOf, product.upc) });
  const written = ({ id, body, author }: WrittenReview) => {
    const { username, name } = known(names, author.id);
    return { id, body, author: { id: author.id, username, name, reviews: author.reviews.map(own) } };
  };
  return (userId: string) =>
    known(found, userId).reviews.map(({ id, body, product }) => ({
      id,
      body,
      product: { ...known(factsOf, product.upc), reviews: product.reviews.map(written) },
    }));
};

const factsAndStock = async (posts: Posts, keys: ReadonlyMap<string, object>) => {
  const factsAndShipping = async () => {
    const factsOf = await facts(posts, keys);
    return { factsOf, shippingOf: await shipping(posts, shippingRepresentations(factsOf)) };
  };
  const [{ factsOf, shippingOf }, stockOf] = await Promise.all([factsAndShipping(), stock(posts, keys)]);
  const joined = new Map<string, object>();
  for (const [upc, { name, price, weight }] of factsOf) {
    const { inStock } = known(stockOf, upc);
    const { shippingEstimate } = known(shippingOf, upc);
    joined.set(upc, { upc, name, price, weight, inStock, shippingEstimate });
  }
  return joined;
};

const largeProducts = async (posts: Posts, page: object): Promise<unknown> => {
  const { topProducts } = await hop(posts, page);
  const reviewsWithNames = async () => {
    const reviews = await productReviews(posts, productRepresentations(topProducts));
    const authors = [...reviews.values()].flatMap((each) => each.reviews.map(({ author }) => author));
    return { reviews, names: await authorNames(posts, userRepresentations(authors)) };
  };
  const [{ reviews, names }, stockOf] = await Promise.all([
    reviewsWithNames(),
    stockAndShipping(
      posts,
      shippingRepresentations(new Map(topProducts.map((product) => [product.upc, product]))),
    ),
  ]);
  return topProducts.map(({ upc, name, price, weight }) => {
    const { inStock, shippingEstimate } = known(stockOf, upc);
    const written = known(reviews, upc).reviews.map(({ id, body, author }) => {
      const { username, name: authorName } = known(names, author.id);
      return { id, body, author: { id: author.id, username, name: authorName } };
    });
    return { upc, name, price, weight, inStock, shippingEstimate, reviews: written };
  });
};

const userRepresentations = (list: readonly Author[]): ReadonlyMap<string, object> => {
  const found = new Map<string, object>();
  for (const { id } of list) if (!found.has(id)) found.set(id, { __typename: 'User', id });
  return found;
};

const productRepresentations = (list: readonly ProductKey[]): ReadonlyMap<string, object> => {
  const found = new Map<string, object>();
  for (const { upc } of list) if (!found.has(upc)) found.set(upc, { __typename: 'Product', upc });
  return found;
};

const shippingRepresentations = (products: ReadonlyMap<string, Facts>): ReadonlyMap<string, object> =>
  new Map(
    [...products].map(([upc, { price, weight }]) => [upc, { __typename: 'Product', upc, price, weight }]),
  );
