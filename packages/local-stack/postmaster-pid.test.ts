import { describe, expect, it } from '@jest/globals';
import { parsePostmasterPid } from './postmaster-pid.ts';

const file = (status: string) => `4711\n/data\n1790000000\n25432\n\n127.0.0.1\n  123 0\n${status}\n`;

describe('parsePostmasterPid', () => {
  it.each(['ready   ', 'standby '])('takes "%s" for accepting connections', (status) => {
    expect(parsePostmasterPid(file(status))).toEqual({ pid: 4711, port: 25_432, status: 'ready' });
  });

  it.each(['starting', 'stopping', ''])('takes "%s" for not accepting connections', (status) => {
    expect(parsePostmasterPid(file(status))).toEqual({ pid: 4711, port: 25_432, status: 'starting' });
  });

  it.each(['', 'nonsense', '-5\n', '0\n'])('finds nobody in "%s"', (text) => {
    expect(parsePostmasterPid(text)).toBeUndefined();
  });
});
