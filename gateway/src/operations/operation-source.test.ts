import { describe, expect, it } from '@jest/globals';
import { AppError } from '@saas/kernel';
import { operationSource } from './operation-source.ts';
import { operationsErrors, operationsStatuses } from './operations.errors.ts';
import { queryHash } from './query-hash.ts';
import { memoryQueryStore } from './query-store.ts';
import { safelist, type SafelistMode } from './safelist.ts';

const listed = 'query Me {\n  me {\n    id\n  }\n}';
const unlisted = '{ everything }';
const automatic = (sha256Hash: unknown, version: unknown = 1) => ({
  extensions: { persistedQuery: { version, sha256Hash } },
});

const sources = (mode: SafelistMode = 'off', operations = [{ id: 'me-1', body: listed }]) => {
  const unknown: string[] = [];
  const sourceOf = operationSource({
    store: memoryQueryStore(),
    safelist: safelist(operations, mode),
    onUnknown: ({ hash }) => unknown.push(hash),
  });
  /** The text, or the code of the refusal. */
  const answer = async (request: object): Promise<string> => {
    try {
      const { source, remember } = await sourceOf(request);
      await remember?.();
      return source;
    } catch (error) {
      if (error instanceof AppError) return error.code;
      throw error;
    }
  };
  return { answer, sourceOf, unknown };
};

describe('automatic persisted queries', () => {
  it('are asked for, sent once, and found from then on', async () => {
    const { answer } = sources();
    const byHash = automatic(queryHash(unlisted));
    expect(await answer(byHash)).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await answer({ query: unlisted, ...byHash })).toBe(unlisted);
    expect(await answer(byHash)).toBe(unlisted);
  });

  it('are remembered when the caller says so, not before', async () => {
    const { answer, sourceOf } = sources();
    const byHash = automatic(queryHash(unlisted));
    await sourceOf({ query: unlisted, ...byHash });
    expect(await answer(byHash)).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('need a hash that belongs to the query', async () => {
    const { answer } = sources();
    expect(await answer({ query: unlisted, ...automatic(queryHash(listed)) })).toBe(
      'PERSISTED_QUERY_HASH_MISMATCH',
    );
    expect(await answer(automatic(queryHash(listed).slice(0, -1) + '0'))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('say so when they are switched off', async () => {
    const sourceOf = operationSource({ safelist: safelist([], 'off') });
    const error = sourceOf(automatic(queryHash(unlisted)));
    await expect(error).rejects.toMatchObject({
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      message: 'PersistedQueryNotSupported',
    });
  });

  it.each([
    automatic(queryHash('x'), 2),
    automatic(queryHash('x'), '1'),
    automatic(undefined),
    automatic(''),
    automatic({}),
    automatic('x'.repeat(257)),
    { documentId: 7 },
    { id: '' },
    { doc_id: {} },
  ])('are refused when ill-formed: %j', async (request) => {
    expect(await sources().answer(request)).toBe('PERSISTED_QUERY_INVALID');
  });

  it.each([{}, { query: '' }, { query: 7 }, { query: null, extensions: { persistedQuery: null } }])(
    'are not what is meant by %j',
    async (request) => {
      expect(await sources().answer(request)).toBe('BAD_REQUEST');
    },
  );
});

it('a query may come with fields of other names than ours', async () => {
  expect(await sources().answer({ query: unlisted, id: 7 })).toBe(unlisted);
});

describe('an operation of the list', () => {
  it.each([
    { documentId: 'me-1' },
    { doc_id: 'me-1' },
    { id: 'me-1' },
    { documentId: `sha256:${queryHash(listed)}` },
    automatic('me-1'),
    automatic(queryHash(listed)),
  ])('can be asked for in every mode by %j', async (request) => {
    for (const mode of ['off', 'log', 'known', 'ids'] as const)
      expect(await sources(mode).answer(request)).toBe(listed);
  });

  it.each(['log', 'known'] as const)('is known however it is spaced (%s)', async (mode) => {
    const { answer, unknown } = sources(mode);
    for (const query of ['query Me{me{id}}', `# hello\n${listed},,`, '\uFEFFquery Me { me { id, }, }'])
      expect(await answer({ query })).toBe(listed);
    expect(unknown).toEqual([]);
  });

  it('keeps its id when the hash of another one is the same text', async () => {
    const trap = [
      { id: 'a', body: listed },
      { id: queryHash(listed), body: unlisted },
    ];
    expect(await sources('known', trap).answer({ documentId: queryHash(listed) })).toBe(unlisted);
  });
});

describe('any other operation', () => {
  it.each<[SafelistMode, string, string, string]>([
    ['off', unlisted, 'PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_IN_LIST'],
    ['log', unlisted, 'PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_IN_LIST'],
    ['known', 'OPERATION_NOT_IN_SAFELIST', 'PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_IN_LIST'],
    ['ids', 'PERSISTED_QUERY_ID_REQUIRED', 'PERSISTED_QUERY_NOT_IN_LIST', 'PERSISTED_QUERY_NOT_IN_LIST'],
  ])('in the mode %s: %s as text, %s by hash, %s by id', async (mode, text, hash, id) => {
    const { answer } = sources(mode);
    expect(await answer({ query: unlisted })).toBe(text);
    expect(await answer(automatic(queryHash('{ new }')))).toBe(hash);
    expect(await answer({ documentId: 'nobody' })).toBe(id);
    expect(await answer({ documentId: 'constructor' })).toBe(id);
  });

  it('is reported in the mode log, by hash', async () => {
    const { answer, unknown } = sources('log');
    await answer({ query: unlisted });
    expect(unknown).toEqual([queryHash(unlisted)]);
  });

  it('cannot come in under a known id', async () => {
    expect(await sources('known').answer({ query: unlisted, documentId: 'me-1' })).toBe(
      'OPERATION_NOT_IN_SAFELIST',
    );
    expect(await sources('ids').answer({ query: unlisted, documentId: 'me-1' })).toBe(
      'PERSISTED_QUERY_ID_REQUIRED',
    );
  });

  it('that was remembered is still held against the list', async () => {
    const store = memoryQueryStore();
    await store.set(queryHash(unlisted), unlisted);
    const sourceOf = operationSource({ store, safelist: safelist([], 'known') });
    await expect(sourceOf(automatic(queryHash(unlisted)))).rejects.toMatchObject({
      code: 'OPERATION_NOT_IN_SAFELIST',
    });
  });
});

it('every refusal of a client has an HTTP status of its own', () => {
  const codes = Object.entries(operationsErrors.definitions).filter(
    ([, { audience }]) => audience === 'client',
  );
  expect(Object.keys(operationsStatuses).toSorted()).toEqual(codes.map(([code]) => code).toSorted());
});
