import { expect, it } from '@jest/globals';
import { eventStoreErrors } from '@saas/event-sourcing';
import { failureOf, toDatabaseError } from './prisma-failures.ts';

const coded = (code: string, extra: object = {}) => Object.assign(new Error('x'), { code, ...extra });

it.each([
  ['a refused connection', coded('P1001'), 'unreachable'],
  ['an exhausted pool', new Error('timeout exceeded when trying to connect'), 'unreachable'],
  [
    'a connection that broke between two statements',
    new Error('Client has encountered a connection error and is not queryable'),
    'unreachable',
  ],
  [
    'a server that closed the connection in the middle of a statement',
    coded('P2010', { meta: { driverAdapterError: { cause: { kind: 'ConnectionClosed' } } } }),
    'unreachable',
  ],
  [
    'the same outside a client',
    new Error('ConnectionClosed', { cause: { kind: 'ConnectionClosed' } }),
    'unreachable',
  ],
  ['a name none of whose addresses answers', coded('ECONNREFUSED', { message: '' }), 'unreachable'],
  [
    'a server that shuts down',
    coded('P2010', { meta: { driverAdapterError: { cause: { originalCode: '57P01' } } } }),
    'unreachable',
  ],
  ['a deadlock', coded('P2034'), 'conflict'],
  [
    'a raw deadlock',
    coded('P2010', { meta: { driverAdapterError: { cause: { originalCode: '40P01' } } } }),
    'conflict',
  ],
  ['a statement time-out', coded('P2010', { cause: { originalCode: '57014' } }), 'timeout'],
  ['a unique violation', coded('P2002'), 'other'],
  ['a bug', new TypeError('x is undefined'), 'other'],
  ['nothing', undefined, 'other'],
])('understands %s', (_, error, failure) => {
  expect(failureOf(error)).toBe(failure);
});

it('translates what the caller can act on and leaves the rest alone', () => {
  const bug = new TypeError('x');
  const conflict = eventStoreErrors.VERSION_CONFLICT();
  expect(toDatabaseError(bug)).toBe(bug);
  expect(toDatabaseError(conflict)).toBe(conflict);
  expect(toDatabaseError(coded('P1001'))).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});
