import { describe, expect, it } from '@jest/globals';
import { bulkhead } from '@saas/resilience';
import { prometheusMeter } from '@saas/telemetry';
import { callMeters } from './call-meter.ts';
import { heldWire, socketError, upstreamAnswer, upstreamCall } from './layers.fixture.ts';
import { meteredLayer } from './metered-layer.ts';

const metered = () => {
  const meter = prometheusMeter({ service: 'gateway', isProcessMeasured: false });
  const meters = callMeters(meter);
  const lines = async () => (await meter.page()).body.split('\n').filter((line) => !line.startsWith('#'));
  return { meters, lines };
};
const places = (running: number) => {
  const one = bulkhead({ concurrentMax: running, queueMax: 0 });
  for (let count = 0; count < running; count += 1) one.tryEnter();
  return one;
};

describe('calls', () => {
  it('are counted by kind and outcome, and their time is taken', async () => {
    const { meters, lines } = metered();
    const wire = heldWire();
    let nowMs = 0;
    const send = meteredLayer(meters.of('users', places(0)), () => nowMs)(wire.send);
    const calls = [send(upstreamCall()), send(upstreamCall()), send(upstreamCall({ isMutation: true }))];
    nowMs = 30;
    wire.sent[0]?.answer();
    wire.sent[1]?.answer({ ...upstreamAnswer(), errors: [{}] });
    wire.sent[2]?.fail(socketError('ECONNRESET'));
    await Promise.allSettled(calls);
    expect(await lines()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^upstream_calls_total\{.*kind="query",outcome="answered".*\} 1$/),
        expect.stringMatching(/^upstream_calls_total\{.*kind="query",outcome="graphql_errors".*\} 1$/),
        expect.stringMatching(/^upstream_calls_total\{.*kind="mutation",outcome="connection_lost".*\} 1$/),
        expect.stringMatching(/^upstream_call_seconds_sum\{.*kind="query".*\} 0.06$/),
      ]),
    );
  });

  it('in flight are those of all clients of a subgraph that are open', async () => {
    const { meters, lines } = metered();
    const [old, next] = [places(2), places(3)];
    meters.of('users', old);
    meters.of('users', next);
    const inFlight = async () =>
      (await lines()).filter((line) => line.startsWith('upstream_calls_in_flight'));
    expect(await inFlight()).toEqual([expect.stringMatching(/subgraph="users".* 5$/)]);
    meters.forget(old);
    expect(await inFlight()).toEqual([expect.stringMatching(/subgraph="users".* 3$/)]);
    meters.forget(next);
    expect(await inFlight()).toEqual([]);
  });
});
