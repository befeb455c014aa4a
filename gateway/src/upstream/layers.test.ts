import { describe, expect, it } from '@jest/globals';
import { bulkhead } from '@saas/resilience';
import { callSettingsOf, defaultGatewayYaml } from '../gateway-yaml.ts';
import { until } from '../supergraph/until.fixture.ts';
import { heldWire, settled, socketError, upstreamAnswer, upstreamCall } from './layers.fixture.ts';
import { layers, throughLayers, type LayerParts } from './layers.ts';
import type { Layer } from './upstream-call.ts';

const limits = { timeoutMs: 5_000, responseBytesMax: 1_000, connectionsMax: 4 };

/** Every layer that there is over a held wire, with notes of what passes breaker and fallback, and how it ends. */
const whole = (more: LayerParts = {}, settings = callSettingsOf(defaultGatewayYaml(), 'users', limits)) => {
  const wire = heldWire();
  const notes: string[] = [];
  const noting =
    (name: string): Layer =>
    (send) =>
    async (call) => {
      notes.push(name);
      try {
        return await send(call);
      } catch (error) {
        notes.push(`${name} failed`);
        throw error;
      }
    };
  const breaker = { layer: noting('breaker'), isClosed: () => true };
  const send = throughLayers(layers(settings, { fallback: noting('fallback'), breaker, ...more }), wire.send);
  return { ...wire, send, notes };
};

describe('the layers of a subgraph', () => {
  it('let fallback see every caller, and the breaker every call that is sent', async () => {
    const { send, sent, notes } = whole();
    const calls = [send(upstreamCall()), send(upstreamCall())];
    sent[0]?.answer(upstreamAnswer());
    await Promise.all(calls);
    expect(notes).toEqual(['fallback', 'breaker', 'fallback']);
  });

  it('hide a full bulkhead from the breaker, and show it to fallback', async () => {
    const { send, notes } = whole({ places: bulkhead({ concurrentMax: 1, queueMax: 0 }) });
    void send(upstreamCall({ body: 'a' }));
    await expect(send(upstreamCall({ body: 'b' }))).rejects.toMatchObject({ code: 'SUBGRAPH_BUSY' });
    expect(notes).toEqual(['fallback', 'breaker', 'fallback', 'fallback failed']);
  });

  it('show the breaker a call with all its repeats as one', async () => {
    const { send, sent, notes } = whole();
    const call = send(upstreamCall());
    sent[0]?.fail(socketError('ECONNRESET'));
    await until(() => sent.length === 2);
    sent[1]?.answer();
    await call;
    expect(notes).toEqual(['fallback', 'breaker']);
  });

  it('keep a place as long as anything of the call is on its way', async () => {
    const places = bulkhead({ concurrentMax: 4, queueMax: 4 });
    const { send, sent } = whole({ places });
    const calls = [send(upstreamCall({ body: 'a' })), send(upstreamCall({ isMutation: true }))];
    expect(places.running).toBe(2);
    for (const each of sent) each.answer();
    await Promise.all(calls);
    await settled();
    expect([places.running, places.waiting]).toEqual([0, 0]);
  });
});

describe('without sharing', () => {
  it('every query is sent', () => {
    const settings = { ...callSettingsOf(defaultGatewayYaml(), 'users', limits), dedupe: false };
    const { send, sent } = whole({}, settings);
    void send(upstreamCall());
    void send(upstreamCall());
    expect(sent).toHaveLength(2);
  });
});
