import { describe, expect, it } from '@jest/globals';
import { accountNamed } from './account.ts';

const passwd = [
  'root:x:0:0:root:/root:/bin/bash',
  'toor:x:0:0::/root:/bin/sh',
  'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin',
  'postgres:x:101:104::/var/lib/postgresql:/bin/bash',
  '',
].join('\n');

describe('accountNamed', () => {
  it('prefers the first name', () => {
    expect(accountNamed(passwd, ['postgres', 'nobody'])).toEqual({ uid: 101, gid: 104 });
  });

  it('falls back to the next name', () => {
    expect(accountNamed(passwd, ['postgresql', 'nobody'])).toEqual({ uid: 65_534, gid: 65_533 });
  });

  it('passes by root under another name', () => {
    expect(accountNamed(passwd, ['toor'])).toBeUndefined();
  });

  it('finds nobody in an empty file', () => {
    expect(accountNamed('', ['postgres'])).toBeUndefined();
  });
});
