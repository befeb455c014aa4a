import { describe, expect, it } from '@jest/globals';
import { defineErrors } from '@saas/kernel';
import { GraphQLError } from 'graphql';
import { toClientError } from './index.ts';

const errors = defineErrors({
  SEAT_TAKEN: { audience: 'client', retryable: false, message: 'That seat is taken.' },
  SHARD_DOWN: { audience: 'operator', retryable: true, message: 'shard 3 refused the connection' },
});
const formatted = {
  message: 'raw',
  path: ['book'],
  locations: [{ line: 1, column: 2 }],
  extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: ['at secret.ts'] },
};
const wrapped = (originalError: Error): GraphQLError =>
  new GraphQLError(originalError.message, { originalError });

describe('what a client learns about a failure', () => {
  it('is the catalogued code, message and fields when the client can act on it', () => {
    expect(toClientError(formatted, wrapped(wrapped(errors.SEAT_TAKEN({ seat: '4A' }))), 'inc_7')).toEqual({
      message: 'That seat is taken.',
      path: ['book'],
      locations: [{ line: 1, column: 2 }],
      extensions: { code: 'SEAT_TAKEN', retryable: false, seat: '4A' },
    });
  });

  it.each([
    ['an operator error', errors.SHARD_DOWN()],
    ['a bug', new TypeError('x is not a function')],
    ['a GraphQL error of our own making', new GraphQLError('Cannot return null for User.name')],
  ])('is nothing but an incident id for %s', (_, thrown) => {
    expect(toClientError(formatted, wrapped(thrown), 'inc_7')).toEqual({
      message: 'Something went wrong on our side.',
      path: ['book'],
      locations: [{ line: 1, column: 2 }],
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, incidentId: 'inc_7' },
    });
  });

  it('is nothing but an incident id when a bug bears the code of a refused document', () => {
    const raw = { ...formatted, extensions: { code: 'BAD_USER_INPUT' } };
    expect(toClientError(raw, wrapped(new TypeError('secret')), 'inc_7')).toMatchObject({
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
  });

  it.each(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])(
    "is the refusal's own message when the code is %s",
    (code) => {
      const raw = { message: 'Cannot query field "nope".', extensions: { code } };
      expect(toClientError(raw, new GraphQLError(raw.message), 'inc_7')).toEqual({
        message: raw.message,
        extensions: { code, retryable: false },
      });
    },
  );
});
