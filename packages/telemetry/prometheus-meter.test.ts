import { expect, it } from '@jest/globals';
import { defineMetrics } from '@saas/kernel';
import { prometheusMeter } from './prometheus-meter.ts';

const metrics = defineMetrics({
  parcels_sent_total: { kind: 'counter', help: 'Parcels sent.', labels: ['country'] },
  parcels_lost_total: { kind: 'counter', help: 'Parcels lost.', labels: [] },
  parcels_waiting: { kind: 'gauge', help: 'Parcels that wait.', labels: ['shelf'] },
  parcel_weight_grams: { kind: 'histogram', help: 'Their weight.', labels: [], buckets: [100, 1_000] },
});

const open = (options: { readonly readMsMax?: number } = {}) =>
  prometheusMeter({ service: 'post', isProcessMeasured: false, ...options });
const linesOf = async (meter: ReturnType<typeof open>) =>
  (await meter.page()).body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

it('shows every metric with its labels and its service', async () => {
  const meter = open();
  const sent = meter.counter(metrics.parcels_sent_total);
  sent({ country: 'NL' });
  sent({ country: 'NL' }, 4);
  meter.gauge(metrics.parcels_waiting, () => [{ labels: { shelf: 'a' }, value: 7 }]);
  const lines = await linesOf(meter);
  expect(lines).toContain('parcels_sent_total{country="NL",service="post"} 5');
  expect(lines).toContain('parcels_waiting{shelf="a",service="post"} 7');
});

it('gives whoever asks for the same metric the same one', async () => {
  const meter = open();
  meter.counter(metrics.parcels_sent_total)({ country: 'NL' });
  meter.counter(metrics.parcels_sent_total)({ country: 'NL' });
  expect(await linesOf(meter)).toEqual(['parcels_sent_total{country="NL",service="post"} 2']);
});

it('shows a counter without labels from the start', async () => {
  const meter = open();
  meter.counter(metrics.parcels_lost_total);
  expect(await linesOf(meter)).toEqual(['parcels_lost_total{service="post"} 0']);
});

it('reads gauges when somebody looks, and leaves out those that fail or hang', async () => {
  const meter = open({ readMsMax: 1 });
  let waiting = 1;
  meter.gauge(metrics.parcels_waiting, () => [{ labels: { shelf: 'a' }, value: waiting }]);
  meter.gauge(metrics.parcels_waiting, async () => {
    if (waiting > 1) throw new Error('The shelf fell.');
    return [{ labels: { shelf: 'b' }, value: 9 }];
  });
  meter.gauge(metrics.parcels_waiting, () => new Promise(() => undefined));
  expect(await linesOf(meter)).toEqual([
    'parcels_waiting{shelf="a",service="post"} 1',
    'parcels_waiting{shelf="b",service="post"} 9',
  ]);
  waiting = 2;
  expect(await linesOf(meter)).toEqual(['parcels_waiting{shelf="a",service="post"} 2']);
});

it('sorts what it observes into the buckets of the metric', async () => {
  const meter = open();
  const weigh = meter.histogram(metrics.parcel_weight_grams);
  for (const grams of [50, 500, 5_000]) weigh({}, grams);
  expect(await linesOf(meter)).toEqual([
    'parcel_weight_grams_bucket{le="100",service="post"} 1',
    'parcel_weight_grams_bucket{le="1000",service="post"} 2',
    'parcel_weight_grams_bucket{le="+Inf",service="post"} 3',
    'parcel_weight_grams_sum{service="post"} 5550',
    'parcel_weight_grams_count{service="post"} 3',
  ]);
});

it('measures its process, apart from those of other services', async () => {
  const [one, other] = [prometheusMeter({ service: 'one' }), prometheusMeter({ service: 'other' })];
  for (const meter of [one, other]) {
    expect((await meter.page()).body).toMatch(/^process_resident_memory_bytes\{service="o[a-z]+"\} \d+$/m);
  }
});
