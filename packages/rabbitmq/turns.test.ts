import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.ts';

const deferred = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

describe('turns', () => {
  it('runs the work of one key in order, one at a time', async () => {
    const turns = new Turns();
    const gate = deferred();
    const seen: string[] = [];
    const first = turns.run('a', async () => {
      seen.push('first begins');
      await gate.opened;
      seen.push('first ends');
    });
    const second = turns.run('a', async () => void seen.push('second'));
    gate.open();
    await Promise.all([first, second]);
    expect(seen).toEqual(['first begins', 'first ends', 'second']);
  });

  it('does not let one key wait for another', async () => {
    const turns = new Turns();
    const gate = deferred();
    const slow = turns.run('a', () => gate.opened);
    expect(await turns.run('b', async () => 'done')).toBe('done');
    gate.open();
    await slow;
  });

  it('goes on after a failure, and tells it', async () => {
    const turns = new Turns();
    const failing = turns.run('a', async () => Promise.reject(new Error('no')));
    const next = turns.run('a', async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('done');
  });

  it('is settled when everything has ended, and then holds nothing', async () => {
    const turns = new Turns();
    const seen: number[] = [];
    void turns.run('a', async () => {
      void turns.run('a', async () => void seen.push(2));
      seen.push(1);
    });
    await turns.settled();
    expect([seen, turns.size]).toEqual([[1, 2], 0]);
  });
});
