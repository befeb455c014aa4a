import { describe, expect, it, jest } from '@jest/globals';
import { buildASTSchema, Kind, parse } from 'graphql';
import { authorizer, type AuthorizerOptions } from './authorizer.ts';
import { readAuthorizationTable } from './authorization-table.ts';
import type { Principal } from './principal.ts';
import { protectedGraph } from './protected-graph.fixture.ts';

const graph = protectedGraph();
const anybody: Principal = { isAuthenticated: false, scopes: new Set() };
const signedIn: Principal = { isAuthenticated: true, scopes: new Set() };
const scoped = (...scopes: readonly string[]): Principal => ({
  isAuthenticated: true,
  scopes: new Set(scopes),
});

const setUp = (options: Partial<AuthorizerOptions> = {}) => {
  const { protectedOperation } = authorizer(
    { schema: graph.api, table: graph.table },
    {
      mode: 'filter',
      policyTimeoutMs: 1_000,
      ...options,
    },
  );
  const authorize = async (query: string, principal: Principal, variables = {}) => {
    const { document, operation } = graph.operationOf(query);
    return protectedOperation(document, operation)?.authorize(principal, { variables });
  };
  return { protectedOperation, authorize };
};
const { authorize } = setUp();

const ask = async (query: string, principal: Principal, variables = {}) => {
  const { document } = graph.operationOf(query);
  const authorized = await authorize(query, principal, variables);
  const { data, errors, asked } = await graph.run(document, authorized?.part ?? document, variables);
  expect(errors).toEqual([]);
  const denied = (authorized?.errors ?? []).map(({ path }) => path?.join('.'));
  return { data, denied, asked };
};

describe('what a client may not have', () => {
  it('is not asked for, is null, and is told', async () => {
    const { data, denied, asked } = await ask('{ me { name salary bonus mail } }', signedIn);
    expect(data).toEqual({ me: { name: 'Ada', salary: null, bonus: 1, mail: 'ada@x' } });
    expect(denied).toEqual(['me.salary']);
    expect(asked.map(({ query }) => query).join()).not.toContain('salary');
  });

  it('saves a call where it is all that a subgraph would be asked', async () => {
    const query = '{ me { name salary } }';
    expect((await ask(query, signedIn)).asked.map(({ service }) => service)).toEqual(['people']);
    const { data, denied, asked } = await ask(query, scoped('pay:all'));
    expect(asked.map(({ service }) => service)).toEqual(['people', 'pay']);
    expect([data, denied]).toEqual([{ me: { name: 'Ada', salary: 77_777 } }, []]);
  });

  it('saves all calls where nothing else was asked for', async () => {
    const { data, denied, asked } = await ask('{ visits me { mail } t: __typename }', anybody);
    expect(data).toEqual({ visits: null, me: null, t: 'Query' });
    expect([denied, asked]).toEqual([['visits', 'me.mail'], []]);
  });

  it('is not answered because the planner asks for it, as a key', async () => {
    const { data, asked } = await ask('{ account { number owner balance } }', signedIn);
    expect(asked[0]?.query).toContain('number');
    expect(data).toEqual({ account: { number: null, owner: 'Ada', balance: 7 } });
  });

  it('is not answered under the name of such a key either', async () => {
    const query = '{ account { owner: number number: owner balance } }';
    expect((await ask(query, signedIn)).data).toEqual({
      account: { owner: null, number: 'Ada', balance: 7 },
    });
  });

  it('takes its object with it where it must not be null', async () => {
    const { data, denied } = await ask('{ me { name code } version }', anybody);
    expect([data, denied]).toEqual([{ me: null, version: 1 }, ['me.code']]);
  });

  it('is null on those objects of an interface that protect it, and on others where they are asked by type', async () => {
    const query = '{ nodes { id ... on User { label } ... on Place { label isOpen } } }';
    const { data, denied } = await ask(query, signedIn);
    expect(data).toEqual({
      nodes: [
        { id: 'u1', label: 'L' },
        { id: 'p1', label: null, isOpen: true },
      ],
    });
    expect(denied).toEqual(['nodes.label']);
  });

  it('is never run when it is a mutation', async () => {
    const query = 'mutation { rename(name: "x") { name } fire(id: 1) { name } }';
    const { data, denied, asked } = await ask(query, signedIn);
    expect([data, denied]).toEqual([{ rename: { name: 'Ada' }, fire: null }, ['fire']]);
    expect(asked.map(({ query: sent }) => sent).join()).not.toContain('fire');
    expect((await ask('mutation { fire(id: 1) { name } }', signedIn)).asked).toEqual([]);
  });

  it.each([
    [true, { me: { mail: null } }, ['me.mail']],
    [false, { me: {} }, []],
  ])('is told only to those who asked for it (%s)', async (a, data, denied) => {
    const query = 'query ($a: Boolean = false) { me { mail @include(if: $a) } }';
    expect(await ask(query, anybody, { a })).toMatchObject({ data, denied });
  });

  it('depends on policies that are asked for once per request', async () => {
    const policies = jest.fn(async () => new Set(['board']));
    const query = '{ staff { title } thing { ... on Staff { title } } }';
    expect((await ask(query, { ...anybody, policies })).data).toEqual({
      staff: { title: 'Chief' },
      thing: { title: 'Chief' },
    });
    expect(policies.mock.calls).toEqual([[['board', 'eu', 'hr'], expect.any(AbortSignal)]]);
    expect((await ask(query, anybody)).data).toEqual({ staff: null, thing: { title: null } });
  });
});

/** A field `f0`, `f1`, … for each scope `s0`, `s1`, …; all of them are on a protected root. */
const manyScopes = (count: number) => {
  const fields = Array.from(
    { length: count },
    (_, index) => `f${index}: Int @needs(scopes: [["s${index}"]])`,
  );
  const sdl = `schema
    @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", import: [{ name: "@requiresScopes", as: "@needs" }], for: SECURITY)
    @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY) { query: Query }
    type Query @authenticated { ${fields.join(' ')} }`;
  const schema = buildASTSchema(parse(sdl), { assumeValidSDL: true });
  const { protectedOperation } = authorizer(
    { schema, table: readAuthorizationTable(sdl) },
    { mode: 'filter', policyTimeoutMs: 1 },
  );
  const document = parse(`{ __typename ${fields.map((_, index) => `f${index}`).join(' ')} }`);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return async (principal: Principal) =>
    protectedOperation(document, operation)?.authorize(principal, { variables: {} });
};

describe('an operation', () => {
  it('is of no concern when it demands nothing', () => {
    const { protectedOperation } = setUp();
    const { document, operation } = graph.operationOf('{ version me { name } __schema { description } }');
    expect(protectedOperation(document, operation)).toBeUndefined();
  });

  it('is of no concern on a supergraph that protects nothing', () => {
    const rules = { schema: graph.api, table: readAuthorizationTable('type Query { a: Int }') };
    const { protectedOperation } = authorizer(rules, { mode: 'reject', policyTimeoutMs: 1 });
    const { document, operation } = graph.operationOf('{ visits }');
    expect(protectedOperation(document, operation)).toBeUndefined();
  });

  it('is taken apart once for all who lack the same', async () => {
    const { protectedOperation } = setUp();
    const { document, operation } = graph.operationOf('{ visits version }');
    const parts = await Promise.all(
      [anybody, anybody].map(async (principal) =>
        protectedOperation(document, operation)?.authorize(principal, { variables: {} }),
      ),
    );
    expect(parts[0]?.part).toBe(parts[1]?.part);
  });

  it('lets go of the part that was not asked for longest', async () => {
    const authorizeMany = manyScopes(40);
    const partOf = async (index: number) => (await authorizeMany(scoped(`s${index}`)))?.part;
    const [first, second] = [await partOf(0), await partOf(1)];
    for (let index = 2; index <= 31; index += 1) await partOf(index);
    expect(await partOf(0)).toBe(first);
    await partOf(32);
    expect(await partOf(0)).toBe(first);
    expect(await partOf(1)).not.toBe(second);
  });

  it('has nothing but introspection for those who may not have its root', async () => {
    const authorized = await manyScopes(1)({ isAuthenticated: false, scopes: new Set(['s0']) });
    expect(authorized?.asksSubgraphs).toBe(false);
    expect(authorized?.errors.map(({ path }) => path)).toEqual([['f0']]);
  });

  it('has a key for each part of it', async () => {
    const query = '{ version visits badge }';
    const keys = await Promise.all(
      [anybody, signedIn, scoped('admin')].map(async (principal) => (await authorize(query, principal))?.key),
    );
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBeUndefined();
  });

  it('is refused as a whole where parts are not answered', async () => {
    const rejecting = setUp({ mode: 'reject' });
    const query = 'query ($a: Boolean!) { version visits @skip(if: $a) }';
    await expect(rejecting.authorize(query, anybody, { a: false })).rejects.toMatchObject({
      code: 'UNAUTHORIZED_FIELD_OR_TYPE',
    });
    expect((await rejecting.authorize(query, anybody, { a: true }))?.errors).toEqual([]);
    expect(await rejecting.authorize(query, signedIn, { a: false })).toBeUndefined();
  });

  it('is refused as well where it lacks more than is listed', async () => {
    const listed = Array.from({ length: 1_000 }, (_, index) => `a${index}: visits @include(if: $a)`);
    const query = `query ($a: Boolean!) { ${listed.join(' ')} version z: visits }`;
    await expect(setUp({ mode: 'reject' }).authorize(query, anybody, { a: false })).rejects.toMatchObject({
      code: 'UNAUTHORIZED_FIELD_OR_TYPE',
    });
  });
});
