import { describe, expect, it } from '@jest/globals';
import { requireName } from './provision-service.ts';
import { rabbitMqConf } from './rabbitmq-server.ts';
import { redisArgs } from './redis-server.ts';

describe('redisArgs', () => {
  it('binds to the loopback interface and keeps nothing on disk', () => {
    const args = redisArgs(26_379, '/directory');
    expect(args[args.indexOf('--bind') + 1]).toBe('127.0.0.1');
    expect(args[args.indexOf('--save') + 1]).toBe('');
    expect(args[args.indexOf('--appendonly') + 1]).toBe('no');
  });
});

describe('rabbitMqConf', () => {
  it('listens on the loopback interface alone, with an account of its own', () => {
    const conf = rabbitMqConf(25_672, 'secret');
    expect(conf).toContain('listeners.tcp.default = 127.0.0.1:25672\n');
    expect(conf).toContain('default_user = local\ndefault_pass = secret\n');
    expect(conf).not.toContain('guest');
  });
});

describe('requireName', () => {
  it.each(['users', 'users_7', 'a'.repeat(55)])('accepts %s', (name) => {
    expect(() => requireName(name)).not.toThrow();
  });

  it.each(['', 'Users', '7users', 'users-app', 'a'.repeat(56), 'x"; DROP ROLE y'])('refuses "%s"', (name) => {
    expect(() => requireName(name)).toThrow(expect.objectContaining({ code: 'DATABASE_NAME_INVALID' }));
  });
});
