import type { Meter, Metric, ReadGauge, Sample } from '@saas/kernel';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A meter, and the page that Prometheus reads from it. */
export type PrometheusMeter = Meter & {
  /** Every metric in the text format of Prometheus, its gauges read now. */
  readonly page: () => Promise<MetricsPage>;
};

export type MetricsPage = { readonly contentType: string; readonly body: string };

type Options = {
  /** The label `service` of every sample. */
  readonly service: string;
  /** How long one gauge may take to read, in milliseconds; 1,000 unless said otherwise. */
  readonly readMsMax?: number;
  /** CPU, memory, file handles, garbage collection and event loop of this process as well; unless said otherwise. */
  readonly isProcessMeasured?: boolean;
};

/** A registry of its own for each service, so that several in one process do not mix their numbers. */
export const prometheusMeter = ({
  service,
  readMsMax = 1_000,
  isProcessMeasured = true,
}: Options): PrometheusMeter => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  if (isProcessMeasured) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  const readers = new Map<string, ReadGauge<string>[]>();
  return {
    counter: (metric) => {
      const counter = known(counters, metric, (described) => new Counter({ ...described, registers }));
      // Zero is a value: a counter that appears with its first failure has no growth to alert on.
      if (metric.labels.length === 0) counter.inc(0);
      return (labels, by = 1) => counter.inc(labels, by);
    },
    histogram: (metric) => {
      const buckets = metric.buckets && { buckets: [...metric.buckets] };
      const histogram = known(
        histograms,
        metric,
        (described) => new Histogram({ ...described, ...buckets, registers }),
      );
      return (labels, value) => histogram.observe(labels, value);
    },
    gauge: (metric, read) => {
      const all = readers.get(metric.name) ?? [];
      if (all.length === 0) openGauge(metric, all, readMsMax, registers);
      readers.set(metric.name, all);
      all.push(read);
    },
    page: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
};

type Described = { readonly name: string; readonly help: string; readonly labelNames: string[] };

const describe = ({ name, help, labels }: Metric): Described => ({ name, help, labelNames: [...labels] });

const known = <Product>(
  products: Map<string, Product>,
  metric: Metric,
  make: (described: Described) => Product,
): Product => {
  const product = products.get(metric.name) ?? make(describe(metric));
  products.set(metric.name, product);
  return product;
};

const openGauge = (
  metric: Metric,
  readers: readonly ReadGauge<string>[],
  readMsMax: number,
  registers: Registry[],
): Gauge =>
  new Gauge({
    ...describe(metric),
    registers,
    async collect() {
      const read = await Promise.all(readers.map((each) => inTime(each, readMsMax)));
      this.reset();
      for (const { labels, value } of read.flat()) this.set(labels, value);
    },
  });

/** None when reading fails or takes too long: what is missing is noticed, what is old is believed. */
const inTime = async (read: ReadGauge<string>, readMsMax: number): Promise<readonly Sample<string>[]> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Sample<string>[]>((resolve) => {
    timer = setTimeout(() => resolve([]), readMsMax);
  });
  try {
    return await Promise.race([read(), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
};
