import { describe, expect, it } from '@jest/globals';
import { defaultOperationLimits } from '../admission/operation-limits.ts';
import { parseManifest } from './manifest.ts';

const read = (value: unknown) =>
  parseManifest(
    typeof value === 'string' ? value : JSON.stringify(value),
    'list.json',
    defaultOperationLimits,
  );

const apollo = (...operations: object[]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
});

const me = { id: 'one', name: 'Me', type: 'query', body: 'query Me { me { id } }' };

describe('a list of persisted operations', () => {
  it('is read as Apollo writes it', () => {
    expect(read(apollo(me, { ...me, id: 'two' }))).toEqual([
      { id: 'one', body: me.body },
      { id: 'two', body: me.body },
    ]);
  });

  it('is read as Relay writes it', () => {
    expect(read({ one: me.body, two: 'mutation { a }' })).toEqual([
      { id: 'one', body: me.body },
      { id: 'two', body: 'mutation { a }' },
    ]);
  });

  it('may be empty, begin with a byte order mark, and say more than we know', () => {
    expect(read('\uFEFF{}')).toEqual([]);
    expect(read({ ...apollo({ ...me, clientName: 'web' }), generatedAt: 'today' })).toHaveLength(1);
  });

  it('may call an operation `__proto__` without harm', () => {
    expect(read('{ "__proto__": "{ a }" }')).toEqual([{ id: '__proto__', body: '{ a }' }]);
  });

  it.each([
    ['no JSON', '{', ['This is not JSON']],
    ['no object', [], ['must be a JSON object']],
    [
      'another format',
      { ...apollo(me), format: 'x', version: 2 },
      ['"format" must be', '"version" must be 1'],
    ],
    ['no list', { ...apollo(), operations: {} }, ['"operations" must be a list']],
    [
      'an entry that is none',
      apollo([] as object),
      ['operations[0] needs an id', 'operations[0] needs a body'],
    ],
    ['no id', apollo({ ...me, id: '' }), ['operations[0] "Me" needs an id']],
    ['no GraphQL', { one: '{ a(' }, ['"one" is refused: GRAPHQL_PARSE_FAILED (problem Expected Name']],
    ['no operation', { one: 'fragment F on T { a }' }, ['must hold exactly one operation']],
    ['two operations', { one: 'query A { a } query B { a }' }, ['must hold exactly one operation']],
    [
      'other name and type',
      apollo({ ...me, name: 'You', type: 'mutation' }),
      ['another name', 'another type'],
    ],
    ['one id twice', apollo(me, { ...me, body: 'query Me { you }' }), ['has the id of another operation']],
    [
      'too much',
      { one: `{ a${' @x'.repeat(999)} }` },
      ['OPERATION_DIRECTIVES_EXCEEDED (limit directives, max 200'],
    ],
  ])('names every mistake: %s', (_, value, problems) => {
    const lines = problems.map((problem) => expect.stringContaining(problem));
    try {
      read(value);
      throw new Error('was read');
    } catch (error) {
      expect(error).toMatchObject({
        code: 'PERSISTED_MANIFEST_INVALID',
        fields: { problems: problems.length },
      });
      const [, ...listed] = error instanceof Error ? error.message.split('\n') : [];
      expect(listed).toEqual(lines);
      for (const line of listed) expect(line).toMatch(/^ {2}list\.json: /);
    }
  });
});
