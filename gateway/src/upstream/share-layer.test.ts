import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { handWatch, heldWire, settled, socketError, upstreamAnswer, upstreamCall } from './layers.fixture.ts';
import { shareLayer } from './share-layer.ts';
import type { UpstreamCall } from './upstream-call.ts';

const END_MS = 5_000;

const shared = () => {
  const wire = heldWire();
  const hand = handWatch();
  const clock = { nowMs: 0, shared: 0 };
  const send = shareLayer({
    scopeOf: ({ viewer }) => (viewer.status === 'anonymous' ? '' : JSON.stringify(viewer)),
    watch: hand.watch,
    nowMs: () => clock.nowMs,
    onShared: () => (clock.shared += 1),
  })(wire.send);
  const ask = async (more: Partial<UpstreamCall> = {}) => send(upstreamCall({ endsAtMs: END_MS, ...more }));
  return { ...wire, ...hand, clock, ask };
};

describe('the same query asked twice at once', () => {
  it('is sent once, and each gets data that the other cannot touch', async () => {
    const { ask, sent, clock } = shared();
    const answers = [ask(), ask(), ask()];
    expect(sent).toHaveLength(1);
    sent[0]?.answer(upstreamAnswer({ me: { tags: ['a'] } }));
    const read = (await Promise.all(answers)).map(({ data }) => data as { me: { tags: string[] } });
    read[0]?.me.tags.push('b');
    read[1]?.me.tags.pop();
    expect(read.map(({ me }) => me.tags)).toEqual([['a', 'b'], [], ['a']]);
    expect(clock.shared).toBe(2);
  });

  it('fails for everybody when it fails', async () => {
    const { ask, sent } = shared();
    const calls = [ask(), ask()];
    sent[0]?.fail(socketError('ECONNRESET'));
    const ends = await Promise.allSettled(calls);
    expect(ends).toMatchObject([{ reason: { code: 'ECONNRESET' } }, { reason: { code: 'ECONNRESET' } }]);
  });

  it('is sent again once it was answered, or has failed', async () => {
    const { ask, sent } = shared();
    const first = ask();
    sent[0]?.answer();
    await first;
    const second = ask();
    sent[1]?.fail(socketError('ECONNRESET'));
    await expect(second).rejects.toThrow();
    void ask();
    expect(sent).toHaveLength(3);
  });

  it('is answered for one in each turn when the answer is large', async () => {
    const { ask, sent } = shared();
    const order: string[] = [];
    const calls = ['first', 'second', 'third'].map(async (name) => {
      await ask();
      order.push(name);
    });
    setImmediate(() => order.push('somebody else'));
    sent[0]?.answer(upstreamAnswer({ text: 'x'.repeat(70_000) }));
    await Promise.all(calls);
    expect(order.indexOf('somebody else')).toBeLessThan(2);
  });
});

describe('a call is sent for itself', () => {
  const viewer = (userId: string) => ({ status: 'authenticated', userId }) as never;
  const of = (userId: string) => ({ ...upstreamCall().context, viewer: viewer(userId) });
  it.each<[string, Partial<UpstreamCall>, Partial<UpstreamCall>]>([
    ['when its body is another', { body: 'a' }, { body: 'b' }],
    ['for another viewer', { context: of('u1') }, { context: of('u2') }],
    ['when it changes something', { isMutation: true }, { isMutation: true }],
    ['when its body is long', { body: 'x'.repeat(16_385) }, { body: 'x'.repeat(16_385) }],
    ['when the other one has too little time left', { endsAtMs: 2_000 }, { endsAtMs: 5_000 }],
    ['when the caller of the other one has left', { caller: { aborted: true } }, {}],
  ])('%s', (_, one, other) => {
    const { ask, sent } = shared();
    void ask(one);
    void ask(other);
    expect(sent).toHaveLength(2);
  });

  it('when a write has ended since the other one was sent', async () => {
    const { ask, sent, clock } = shared();
    const early = ask();
    const write = ask({ isMutation: true });
    sent[1]?.answer();
    await write;
    const late = ask();
    const joining = ask();
    expect([sent.length, clock.shared]).toEqual([3, 1]);
    sent[0]?.answer(upstreamAnswer({ version: 1 }));
    await early;
    // The end of the early one does not take the late one out of sight.
    void ask();
    expect([sent.length, clock.shared]).toEqual([3, 2]);
    sent[2]?.answer(upstreamAnswer({ version: 2 }));
    expect(await Promise.all([late, joining])).toMatchObject([
      { data: { version: 2 } },
      { data: { version: 2 } },
    ]);
  });
});

describe('somebody who shares a call', () => {
  it('leaves alone, the first one too', async () => {
    const { ask, sent, look, watched } = shared();
    const callers = [{ aborted: false }, { aborted: false }, { aborted: false }];
    const calls = callers.map(async (caller) => ask({ caller }));
    for (const caller of callers.slice(0, 2)) {
      caller.aborted = true;
      look();
    }
    const left = await Promise.allSettled(calls.slice(0, 2));
    expect(left).toMatchObject([
      { reason: { code: 'REQUEST_CANCELLED' } },
      { reason: { code: 'REQUEST_CANCELLED' } },
    ]);
    expect(sent[0]?.call.caller?.aborted).toBe(false);
    sent[0]?.answer();
    await expect(calls[2]).resolves.toMatchObject({ data: { me: { id: 'u1' } } });
    expect(watched.size).toBe(0);
  });

  it('has a time of its own', async () => {
    const { ask, sent, look } = shared();
    const patient = ask();
    const hurried = ask({ endsAtMs: 100 });
    look(100);
    await expect(hurried).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    sent[0]?.answer();
    await expect(patient).resolves.toMatchObject({ status: 200 });
  });

  it('is the last one: the call is given up', async () => {
    const { ask, sent, look } = shared();
    const callers = [{ aborted: false }, { aborted: false }];
    const calls = callers.map(async (caller) => ask({ caller }));
    for (const caller of callers) caller.aborted = true;
    look();
    await Promise.allSettled(calls);
    expect(sent[0]?.call.caller?.aborted).toBe(true);
  });

  it('does not make a call that is late look like one that was given up', async () => {
    const { ask, sent, look } = shared();
    const calls = [ask(), ask({ endsAtMs: END_MS + 1_000 })];
    look(END_MS + 2_000);
    await Promise.allSettled(calls);
    expect(sent[0]?.call.caller?.aborted).toBe(false);
  });
});

type Step = { readonly what: 'ask' | 'leave' | 'answer' | 'fail' | 'write' | 'look'; readonly which: number };

/** Plays `steps`, and holds what happens against what each caller was promised. */
const play = async (steps: readonly Step[]): Promise<void> => {
  const { ask, sent, look, watched } = shared();
  const callers: { aborted: boolean; end: Promise<unknown> }[] = [];
  for (const { what, which } of steps) {
    if (what === 'ask') {
      const caller = { aborted: false, end: Promise.resolve() as Promise<unknown> };
      const asked = ask({ caller, body: `query ${which % 2}` });
      caller.end = asked.then(
        ({ data }) => data,
        (error: unknown) => error,
      );
      callers.push(caller);
    }
    const leaving = callers[which];
    if (what === 'leave' && leaving !== undefined) leaving.aborted = true;
    if (what === 'look') look();
    if (what === 'write') {
      const write = ask({ isMutation: true });
      sent.at(-1)?.answer();
      await write;
    }
    const sending = sent[which];
    // What the innermost send does: it gives a call up when its caller has left.
    if (sending?.call.caller?.aborted === true) sending.fail({ code: 'REQUEST_CANCELLED' });
    else if (what === 'answer') sending?.answer(upstreamAnswer({ body: sending.call.body }));
    else if (what === 'fail') sending?.fail(socketError('ECONNRESET'));
    await settled();
  }
  for (const { call, answer, fail } of sent) {
    if (call.caller?.aborted === true) fail({ code: 'REQUEST_CANCELLED' });
    else answer(upstreamAnswer({ body: call.body }));
  }
  look();
  const ends = await Promise.all(callers.map(async ({ end }) => end));
  expect(new Set(ends.filter(isData)).size).toBe(ends.filter(isData).length);
  // Nobody was cancelled who did not leave.
  ends.forEach((end, index) => {
    if (isCancelled(end)) expect(callers[index]?.aborted).toBe(true);
  });
  expect(watched.size).toBe(0);
};

const isData = (end: unknown): boolean => typeof end === 'object' && end !== null && 'body' in end;
const isCancelled = (end: unknown): boolean =>
  typeof end === 'object' && end !== null && 'code' in end && end.code === 'REQUEST_CANCELLED';

describe('however callers come and go', () => {
  it('each ends once, with data of its own, and nobody is cancelled who stays', async () => {
    const step = fc.record({
      what: fc.constantFrom<Step['what'][]>('ask', 'ask', 'leave', 'answer', 'fail', 'write', 'look'),
      which: fc.nat(6),
    });
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), play), { numRuns: 300 });
  });
});
