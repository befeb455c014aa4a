import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { supervisorScript } from './supervised-process.ts';

describe('supervisorScript', () => {
  it('is a script that the shell can read', () => {
    const { status, stderr } = spawnSync('/bin/sh', ['-n', '-c', supervisorScript('INT', 'QUIT')]);
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  });

  it('asks kindly before it uses force', () => {
    const script = supervisorScript('INT', 'QUIT');
    expect(script.lastIndexOf('kill -INT')).toBeLessThan(script.indexOf('kill -QUIT'));
    expect(script.indexOf('kill -QUIT')).toBeLessThan(script.indexOf('kill -KILL'));
  });

  it('hands the lifeline to no one but the watcher', () => {
    expect(supervisorScript('TERM', 'KILL')).toContain('"$@" </dev/null 3<&- 4>&- &');
  });
});
