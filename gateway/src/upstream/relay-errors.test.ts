import { describe, expect, it } from '@jest/globals';
import { createLogger, memoryLog } from '@saas/telemetry';
import { relayErrors, type ErrorRule } from './relay-errors.ts';

const relay = (errors: readonly unknown[], rule: ErrorRule = 'marked') => {
  const log = memoryLog();
  const logger = createLogger({ name: 'test', level: 'info', destination: log.destination });
  return { told: relayErrors(errors, 'users', rule, logger), lines: log.lines() };
};
const error = (code: unknown, message = 'There is no such user.', more: object = {}) => ({
  message,
  path: ['me', 0, 'name'],
  extensions: { code, ...more },
});
const masked = {
  message: 'Something went wrong on our side.',
  path: ['me', 0, 'name'],
  extensions: {
    code: 'INTERNAL_SERVER_ERROR',
    retryable: false,
    incidentId: expect.stringMatching(/^inc_/),
  },
};

describe('an error that its author marked for clients', () => {
  it.each([
    'USER_NOT_FOUND',
    'BAD_USER_INPUT',
    'BAD_REQUEST',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'NOT_FOUND',
    'CONFLICT',
    'EXPIRED',
    'DATABASE_UNAVAILABLE',
  ])('by the code %s keeps message, path and code', (code) => {
    const { told, lines } = relay([error(code)]);
    expect(told).toEqual([
      { message: 'There is no such user.', path: ['me', 0, 'name'], extensions: { code } },
    ]);
    expect(lines).toEqual([]);
  });

  it('keeps its flat public fields, and none that frameworks add', () => {
    const fields = { retryable: false, field: 'input.name', max: 80 };
    const others = {
      stacktrace: ['at x'],
      exception: { message: 'x' },
      http: { status: 418 },
      statusCode: 418,
      status: 500,
      responseHeaders: 'set-cookie: a',
      url: 'x',
      hostName: 'db-1',
      serviceName: 'users',
      originalError: 'it broke',
      cause: 'it broke',
      node: 'db-1.internal',
      long: 'x'.repeat(201),
      nested: { a: 1 },
      'odd name': 1,
      __proto__: 1,
    };
    const { told } = relay([error('TAKEN', 'It is taken.', { ...fields, ...others })]);
    expect(told[0]?.extensions).toEqual({ ...fields, code: 'TAKEN' });
  });

  it.each([
    'Enter a value between 1 and 10.5, e.g. 3:30 or 12:45:00.',
    'The time must be before 2026-11-22T10:00:00.000Z.',
    'ada@example.com is no member and/or has left; ask support@example.org.',
    'Variable "$input" got invalid value "x" at "input.address.city"; Expected type Int.',
    'Select a plan from the list, and update the card where it says "failed".',
    'Value "a/b" is taken. Version 1.2.3 is too old; at most 100/day.',
    'Der Name ist zu kurz: höchstens 80 Zeichen (Größe).',
    'A task named "at home (10)" exists already.',
  ])('keeps the sentence %j', (message) => {
    expect(relay([error('REFUSED', message)]).told[0]?.message).toBe(message);
  });

  it.each([
    'request to http://payments.internal:8080/charge failed',
    'could not reach postgres://app:secret@db/users',
    'upstream api.example.com refused the call',
    'getaddrinfo failed for users.svc.cluster.local',
    'localhost refused the connection',
    'lost redis:6379',
    'lost node-3.example:5432',
    'connect to 10.0.12.7 failed',
    'connect ECONNREFUSED ::1:5432',
    'no route to fe80:0:0:0:1:2:3:4',
    'x is undefined\n    at Object.me (/srv/app/users.js:12:7)',
    'boom\n\tat com.acme.Users.find(Users.java:42)',
    'Traceback (most recent call last):\n  File "app.py", line 3, in me',
    'failed in resolvers.ts:14',
    'ENOENT: no such file or directory, open config',
    'cannot read /etc/users/config.yaml',
    'cannot read C:\\srv\\users.ini',
    "Cannot read properties of undefined (reading 'id')",
    'SELECT id, email FROM users WHERE id = 1',
    'duplicate key value violates unique constraint "users_email_key"',
    'bad header Bearer abcdef0123456789',
    'Variable "$representations" got invalid value [] at "representations[0]"',
  ])('is masked all the same when its message is %j', (message) => {
    const { told, lines } = relay([error('REFUSED', message)]);
    expect(told).toEqual([masked]);
    expect(lines).toHaveLength(1);
  });

  it('is cut where it is longer than anyone reads', () => {
    expect(relay([error('LONG', 'x '.repeat(5_000))]).told[0]?.message).toHaveLength(1_000);
    expect(relay(Array.from({ length: 500 }, () => error('MANY'))).told).toHaveLength(100);
  });
});

describe('an error that nobody marked', () => {
  it.each([
    undefined,
    'not_found',
    42,
    'INTERNAL_SERVER_ERROR',
    'DOWNSTREAM_SERVICE_ERROR',
    'UNEXPECTED_ERROR',
    'UNKNOWN',
    'GRAPHQL_VALIDATION_FAILED',
    'PERSISTED_QUERY_NOT_FOUND',
    'CALLER_UNKNOWN',
    'ECONNREFUSED',
    'ENOTFOUND',
    'ERR_INVALID_ARG_TYPE',
    'UND_ERR_SOCKET',
    'P2002',
    'SQLITE_CONSTRAINT',
    'ER_DUP_ENTRY',
    'MER_ERR_GQL_VALIDATION',
    'HC0008',
    'CERT_HAS_EXPIRED',
  ])('but has the code %s is masked, with an incident id that is in the log', (code) => {
    const { told, lines } = relay([error(code, 'secret words')]);
    expect(told).toEqual([masked]);
    expect(lines).toMatchObject([{ incidentId: told[0]?.extensions['incidentId'], subgraph: 'users' }]);
    expect(JSON.stringify(lines)).toContain('secret words');
  });

  it('is masked without a path when it says that our request was bad', () => {
    expect(relay([{ message: 'x', extensions: { code: 'BAD_REQUEST' } }]).told).toMatchObject([
      { extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
  });

  it('shares one incident and one line with the others of the answer', () => {
    const { told, lines } = relay(Array.from({ length: 50 }, () => error(undefined, 'x'.repeat(9_000))));
    expect(new Set(told.map(({ extensions }) => extensions['incidentId'])).size).toBe(1);
    expect(lines).toMatchObject([{ masked: 50, errors: 50 }]);
    expect(JSON.stringify(lines).length).toBeLessThan(50_000);
  });

  it('keeps the incident id under which the subgraph has it, which is in our log too', () => {
    const { told, lines } = relay([error('INTERNAL_SERVER_ERROR', 'x', { incidentId: 'inc_1' })]);
    expect(told).toMatchObject([{ extensions: { incidentId: 'inc_1' } }]);
    expect(JSON.stringify(lines)).toContain('inc_1');
  });

  it.each([[null], ['text'], [{}], [{ message: 1, path: 'x', extensions: [] }], [[]]])(
    'may be %j',
    (value) => {
      const { path: _, ...withoutPath } = masked;
      expect(relay([value]).told).toEqual([withoutPath]);
    },
  );

  it.each([[['a b']], [[-1]], [[1.5]], [[{}]], [['http://x']]])('loses the path %j', (path) => {
    expect(relay([{ ...error('FINE'), path }]).told[0]).not.toHaveProperty('path');
  });
});

describe('the rule of a subgraph', () => {
  const mistakes = [
    error('NOT_FOUND', 'marked'),
    error(undefined, 'unmarked'),
    error('INTERNAL_SERVER_ERROR', 'thrown'),
    error('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:5432'),
  ];
  const said = (rule: ErrorRule) =>
    relay(mistakes, rule).told.map(({ message, extensions: { code } }) => `${code}: ${message}`);
  const hidden = 'INTERNAL_SERVER_ERROR: Something went wrong on our side.';

  it('"mask" lets nothing through', () => {
    expect(said('mask')).toEqual([hidden, hidden, hidden, hidden]);
  });

  it('"relay" lets all through but what shows something of the inside', () => {
    expect(said('relay')).toEqual([
      'NOT_FOUND: marked',
      'SUBGRAPH_ERROR: unmarked',
      'SUBGRAPH_ERROR: thrown',
      hidden,
    ]);
  });

  it('that lists codes lets these through, and no other', () => {
    expect(said(['SOLD_OUT'])).toEqual([hidden, hidden, hidden, hidden]);
    expect(said(['NOT_FOUND', 'ECONNREFUSED'])).toEqual(['NOT_FOUND: marked', hidden, hidden, hidden]);
  });
});
