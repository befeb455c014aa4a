import { describe, expect, it } from '@jest/globals';
import { plainLines } from './plain-lines.ts';
import { requestLogger } from './request-logger.ts';
import { createLogger, memoryLog } from './index.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
const setUp = (level: 'info' | 'silent' = 'info') => {
  const { destination, lines } = memoryLog();
  return { logger: createLogger({ name: 'users', level, destination }), lines };
};

describe('a log line', () => {
  it('says who speaks, how loudly and in which request', () => {
    const { logger, lines } = setUp();
    logger.child({ requestId: 'r-1' }).info({ tasks: 2 }, 'done');
    expect(lines()).toMatchObject([
      { name: 'users', level: 'info', requestId: 'r-1', tasks: 2, msg: 'done' },
    ]);
  });

  it('is not written below the level', () => {
    const { logger, lines } = setUp();
    logger.debug('whisper');
    setUp('silent').logger.error('mute');
    expect(lines()).toEqual([]);
  });

  it.each([
    ['a header', { headers: { authorization: 'hush', cookie: 'hush', 'x-internal-identity': 'hush' } }],
    ['an input', { input: { password: 'hush', user: { newPassword: 'hush', refreshToken: 'hush' } } }],
    ['a list', { inputs: [{ apiKey: 'hush' }, { nested: [{ clientSecret: 'hush' }] }] }],
    ['a database URL', { url: 'postgres://user:hush@db:5432/users' }],
    ['a bearer token', { text: 'sent Bearer hush-hush-hush-hush' }],
    ['an error', { err: new Error('connect postgres://user:hush@db:5432/users') }],
    ['the cause of an error', { err: new Error('failed', { cause: new Error('amqp://u:hush@mq') }) }],
    ['something that hides itself', { shown: { toJSON: () => '[secret]', value: 'hush' } }],
  ])('never holds the secret in %s', (_, fields) => {
    const { logger, lines } = setUp();
    logger.info(fields, 'seen');
    expect(JSON.stringify(lines())).not.toContain('hush');
    expect(JSON.stringify(lines())).toContain('[secret]');
  });

  it('never holds a secret in its message or in what a child always says', () => {
    const { logger, lines } = setUp();
    logger.child({ token: 'hush' }).info(`token is ${jwt}`);
    expect(lines()).toMatchObject([{ token: '[secret]', msg: 'token is [secret]' }]);
  });

  it('survives a value that holds itself', () => {
    const { logger, lines } = setUp();
    const round: Record<string, unknown> = {};
    round['self'] = round;
    logger.info({ round }, 'round');
    expect(lines()).toHaveLength(1);
  });

  it('leaves other texts as they are', () => {
    const { logger, lines } = setUp();
    logger.info({ email: 'ada@example.test', url: 'http://host:4001/graphql?x=a@b', tokenCount: 3 }, 'plain');
    expect(lines()).toMatchObject([
      { email: 'ada@example.test', url: 'http://host:4001/graphql?x=a@b', tokenCount: 3 },
    ]);
  });
});

describe('plain lines', () => {
  it('are like all others, for those who listen', async () => {
    const { destination, lines } = memoryLog();
    const { write } = plainLines(createLogger({ name: 'gateway', level: 'info', destination }), 'request');
    write('"requestId":"a-b","status":200,"hasLeft":false');
    createLogger({ name: 'gateway', level: 'info', destination }).info({ status: 200 }, 'request');
    while (lines().length < 2) await new Promise(setImmediate);
    const [usual, plain] = lines();
    expect(plain).toEqual({ ...usual, time: plain?.['time'], requestId: 'a-b', hasLeft: false });
    expect(Date.parse(String(plain?.['time']))).not.toBeNaN();
  });
  it('are silent where nobody listens', () => {
    const { destination, lines } = memoryLog();
    plainLines(createLogger({ name: 'gateway', level: 'warn', destination }), 'request').write(
      '"status":200',
    );
    expect(lines()).toEqual([]);
  });
  it('are written at once where the process ends', () => {
    const { destination, lines } = memoryLog();
    const { write, flush } = plainLines(
      createLogger({ name: 'gateway', level: 'info', destination }),
      'request',
    );
    write('"status":200');
    write('"status":500');
    flush();
    flush();
    expect(lines().map(({ status }) => status)).toEqual([200, 500]);
  });
});

it('a request’s lines carry its id', () => {
  const { destination, lines } = memoryLog();
  const logger = requestLogger(createLogger({ name: 'gateway', level: 'debug', destination }), 'r-1');
  logger.info('one');
  logger.warn({ password: 'x' }, 'two');
  logger.error('three');
  logger.debug('four');
  expect(lines().map(({ level, msg, requestId }) => [level, msg, requestId])).toEqual([
    ['info', 'one', 'r-1'],
    ['warn', 'two', 'r-1'],
    ['error', 'three', 'r-1'],
    ['debug', 'four', 'r-1'],
  ]);
  expect(lines()[1]?.['password']).toBe('[secret]');
});
