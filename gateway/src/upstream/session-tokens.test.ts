import { describe, expect, it } from '@jest/globals';
import { formatConsistencyTokens, parseConsistencyTokens, testClock, type SessionId } from '@saas/kernel';
import { sessionTokens } from './session-tokens.ts';

const session = (name: string) => name as SessionId;
const tokens = parseConsistencyTokens;

describe("the memory of a session's writes", () => {
  it('merges what the session has written and forgets it after 30 s', () => {
    const clock = testClock();
    const memory = sessionTokens(clock);
    memory.remember(session('a'), tokens('users.shard-0=0/1A'));
    memory.remember(session('a'), tokens('users.shard-0=0/2,projects.shard-0=0/3'));
    expect(formatConsistencyTokens(memory.recall(session('a')))).toBe(
      'projects.shard-0=0/3,users.shard-0=0/1A',
    );
    expect(memory.recall(session('b')).size).toBe(0);
    clock.advance(30_000);
    expect(memory.recall(session('a')).size).toBe(0);
  });

  it('holds a bounded number of sessions and gives up the one that wrote longest ago', () => {
    const memory = sessionTokens(testClock(), 2);
    for (const name of ['a', 'b', 'a', 'c']) memory.remember(session(name), tokens('users.shard-0=0/1'));
    expect(['a', 'b', 'c'].map((name) => memory.recall(session(name)).size)).toEqual([1, 0, 1]);
  });
});
