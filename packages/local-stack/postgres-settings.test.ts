import { describe, expect, it } from '@jest/globals';
import { initdbArgs, postgresConf } from './postgres-settings.ts';

const settingsOf = (conf: string): ReadonlyMap<string, string> =>
  new Map(
    conf
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' = ') as [string, string]),
  );

describe('postgresConf', () => {
  it('gives up fsync only when power loss need not be survived', () => {
    expect(settingsOf(postgresConf(1, 'full')).get('fsync')).toBe("'on'");
    expect(settingsOf(postgresConf(1, 'process')).get('fsync')).toBe("'off'");
  });

  it('never gives up synchronous commit, for which replicas would wait', () => {
    expect(settingsOf(postgresConf(1, 'process')).get('synchronous_commit')).toBe("'on'");
  });

  it('listens on the loopback interface alone', () => {
    expect(settingsOf(postgresConf(1, 'full')).get('listen_addresses')).toBe("'127.0.0.1'");
  });

  it('names an upstream for a replica and none for a primary', () => {
    const replica = settingsOf(postgresConf(1, 'full', { port: 5, password: "it's", slot: 'replica_0' }));
    expect(replica.get('primary_conninfo')).toContain('port=5');
    expect(replica.get('primary_conninfo')).toContain("it''s");
    expect(replica.get('primary_slot_name')).toBe("'replica_0'");
    expect(settingsOf(postgresConf(1, 'full')).has('primary_conninfo')).toBe(false);
  });

  it('repeats the values that initdb records, without which a standby refuses to start', () => {
    const args = initdbArgs('/data', '/password');
    const conf = settingsOf(postgresConf(1, 'full'));
    const recorded = args.filter((_, index) => args[index - 1] === '-c').map((setting) => setting.split('='));
    expect(recorded).toHaveLength(5);
    for (const [name = '', value] of recorded) expect(conf.get(name)).toBe(`'${value}'`);
  });
});

describe('initdbArgs', () => {
  it('asks for passwords everywhere and never puts one on the command line', () => {
    const args = initdbArgs('/data', '/password');
    expect(args).toContain('scram-sha-256');
    expect(args[args.indexOf('--pwfile') + 1]).toBe('/password');
  });
});
