import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { callWatch, type CallWatch, type WatchedCall } from './call-watch.ts';

const watched = (watch: CallWatch, endsAtMs: number, signal?: AbortSignal) => {
  let told: (why: 'late' | 'left') => void = () => undefined;
  const givenUp = new Promise<'late' | 'left'>((resolve) => {
    told = resolve;
  });
  const call: WatchedCall = {
    endsAtMs,
    caller: signal,
    place: -1,
    giveUp: (why) => {
      watch.delete(call);
      told(why);
    },
  };
  return { call, givenUp };
};

describe('the watch over calls', () => {
  it('ends those that are late and those whose caller has left, and no others', async () => {
    const watch = callWatch(1);
    const [late, left, fine] = [
      watched(watch, performance.now() - 1),
      watched(watch, Number.POSITIVE_INFINITY, AbortSignal.abort()),
      watched(watch, Number.POSITIVE_INFINITY, new AbortController().signal),
    ];
    for (const { call } of [late, left, fine]) watch.add(call);
    await expect(late.givenUp).resolves.toBe('late');
    await expect(left.givenUp).resolves.toBe('left');
    await expect(Promise.race([fine.givenUp, Promise.resolve('waiting')])).resolves.toBe('waiting');
    watch.delete(fine.call);
  });

  it('forgets exactly those that are deleted, in whatever order', async () => {
    const order = fc.array(fc.nat(), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(order, fc.nat(20), async (picks, kept) => {
        const watch = callWatch(1);
        const leaving = new AbortController();
        const calls = picks.map(() => watched(watch, Number.POSITIVE_INFINITY, leaving.signal));
        for (const { call } of calls) watch.add(call);
        const rest = [...calls];
        for (const pick of picks.slice(kept)) {
          const [gone] = rest.splice(pick % rest.length, 1);
          if (gone) watch.delete(gone.call);
        }
        const gone = calls.filter((each) => !rest.includes(each));
        leaving.abort();
        await Promise.all(rest.map(({ givenUp }) => givenUp));
        const stillWaiting = Promise.race([
          ...gone.map(({ givenUp }) => givenUp),
          Promise.resolve('waiting'),
        ]);
        await expect(stillWaiting).resolves.toBe('waiting');
      }),
      { numRuns: 50 },
    );
  });
});
