import type { HttpPost } from './http-post.ts';

/** The part of a body that is the same every time; the variables follow it. */
export const rootFetch =
  <Data>(subgraph: string, query: string) =>
  async (posts: Posts, variables: object): Promise<Data> =>
    dataOf(await postOf(posts, subgraph)(`${bodyStart(query)}${JSON.stringify(variables)}}`)) as Data;

/** Asks one subgraph about several objects in one call, each once; gives what it says about each, by its key. */
export const entityFetch =
  <Entity>(subgraph: string, type: string, selection: string) =>
  async (posts: Posts, representations: Representations): Promise<ReadonlyMap<string, Entity>> => {
    const query = `query($representations:[_Any!]!){_entities(representations:$representations){...on ${type}{${selection}}}}`;
    const list = JSON.stringify([...representations.values()]);
    const text = await postOf(posts, subgraph)(`${bodyStart(query)}{"representations":${list}}}`);
    const { _entities: entities } = dataOf(text) as { readonly _entities: readonly Entity[] };
    const found = new Map<string, Entity>();
    let index = 0;
    for (const key of representations.keys()) {
      const entity = entities[index];
      if (entity !== undefined) found.set(key, entity);
      index += 1;
    }
    return found;
  };

export type Posts = ReadonlyMap<string, HttpPost>;

/** What a subgraph is told about each object, by the object's key. */
export type Representations = ReadonlyMap<string, object>;

/** The value of a key that must be there. */
export const known = <Value>(values: ReadonlyMap<string, Value>, key: string): Value => {
  const value = values.get(key);
  if (value === undefined) throw new Error(`Nothing is known of ${key}.`);
  return value;
};

const bodyStarts = new Map<string, string>();

const bodyStart = (query: string): string => {
  const start = bodyStarts.get(query) ?? `{"query":${JSON.stringify(query)},"variables":`;
  bodyStarts.set(query, start);
  return start;
};

const postOf = (posts: Posts, subgraph: string): HttpPost => known(posts, subgraph);

const dataOf = (text: string): unknown => {
  const { data } = JSON.parse(text) as { readonly data?: unknown };
  if (data === undefined) throw new Error(`A subgraph gave no data: ${text}`);
  return data;
};
