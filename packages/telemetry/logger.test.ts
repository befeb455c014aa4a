import { describe, expect, it } from '@jest/globals';
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
