import { describe, expect, it } from '@jest/globals';
import { bulkhead } from '@saas/resilience';
import { bulkheadLayer } from './bulkhead-layer.ts';
import { handWatch, heldWire, settled, socketError, upstreamCall } from './layers.fixture.ts';

const limited = (concurrentMax: number, queueMax: number) => {
  const wire = heldWire();
  const places = bulkhead({ concurrentMax, queueMax });
  const { watch, watched } = handWatch();
  const send = bulkheadLayer(places, watch)(wire.send);
  return { ...wire, send, places, watched };
};

describe('a bulkhead around calls', () => {
  it('sends a waiting call when another one has ended, well or badly', async () => {
    const { send, sent, places } = limited(1, 2);
    const calls = [send(upstreamCall()), send(upstreamCall()), send(upstreamCall())];
    expect(sent).toHaveLength(1);
    sent[0]?.answer();
    await settled();
    expect(sent).toHaveLength(2);
    sent[1]?.fail(socketError('ECONNRESET'));
    await settled();
    sent[2]?.answer();
    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect([places.running, places.waiting]).toEqual([0, 0]);
  });

  it('refuses a call when as many wait as may', async () => {
    const { send, sent } = limited(1, 1);
    void send(upstreamCall());
    void send(upstreamCall());
    await expect(send(upstreamCall())).rejects.toMatchObject({ code: 'SUBGRAPH_BUSY' });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['late', 'UPSTREAM_TIMEOUT'],
    ['left', 'REQUEST_CANCELLED'],
  ] as const)('lets a call that is %s out of the line, and never sends it', async (why, code) => {
    const { send, sent, places, watched } = limited(1, 1);
    void send(upstreamCall());
    const waiting = send(upstreamCall());
    for (const call of watched) call.giveUp(why);
    await expect(waiting).rejects.toMatchObject({ code });
    sent[0]?.answer();
    await settled();
    expect(sent).toHaveLength(1);
    expect([places.running, places.waiting, watched.size]).toEqual([0, 0, 0]);
  });

  it('passes the place on when whoever it comes to has just left', async () => {
    const { send, sent, watched } = limited(1, 2);
    const caller = { aborted: false };
    void send(upstreamCall());
    const leaving = send(upstreamCall({ caller }));
    void send(upstreamCall());
    caller.aborted = true;
    sent[0]?.answer();
    await expect(leaving).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    await settled();
    expect(sent).toHaveLength(2);
    expect(watched.size).toBe(0);
  });
});
