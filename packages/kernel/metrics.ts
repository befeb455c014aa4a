/** What a metric is, beside the code that feeds it. `counter` only grows; `gauge` is read when somebody looks. */
export type Metric<Kind extends MetricKind = MetricKind, Label extends string = string> = {
  readonly name: string;
  readonly kind: Kind;
  /** One sentence for operators: what is counted or measured, and in which unit. */
  readonly help: string;
  /** Few values each: a label for every tenant, stream or message would fill the memory of whoever collects. */
  readonly labels: readonly Label[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
};

export type MetricKind = 'counter' | 'gauge' | 'histogram';

export type Labels<Label extends string> = Readonly<Record<Label, string>>;

/** One value of a gauge. */
export type Sample<Label extends string> = { readonly labels: Labels<Label>; readonly value: number };

/**
 * Takes numbers in. Asking twice for the same metric gives the same one; several gauges of one name are read together.
 * Nothing here throws or waits, so that counting never changes what is counted.
 */
export type Meter = {
  /** Adds `by`, 1 unless said otherwise. */
  counter<Label extends string>(
    metric: Metric<'counter', Label>,
  ): (labels: Labels<Label>, by?: number) => void;
  /** `read` is asked each time that somebody looks. While it rejects, or takes too long, its samples are missing. */
  gauge<Label extends string>(metric: Metric<'gauge', Label>, read: ReadGauge<Label>): void;
  histogram<Label extends string>(
    metric: Metric<'histogram', Label>,
  ): (labels: Labels<Label>, value: number) => void;
};

export type ReadGauge<Label extends string> = () =>
  readonly Sample<Label>[] | Promise<readonly Sample<Label>[]>;

type Definition = Omit<Metric, 'name'>;

type Named<Definitions extends Record<string, Definition>> = {
  readonly [Name in keyof Definitions & string]: Metric<
    Definitions[Name]['kind'],
    Definitions[Name]['labels'][number]
  >;
};

/**
 * Declares metrics beside the code that feeds them, under names that dashboards and alerts rely on: never renamed, never
 * reused. `docs/metrics.md` is made from these catalogues.
 */
export const defineMetrics = <const Definitions extends Record<string, Definition>>(
  definitions: Definitions,
): Named<Definitions> =>
  Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, { ...definition, name }]),
  ) as Named<Definitions>;

/** Counts nothing. */
export const silentMeter: Meter = {
  counter: () => () => undefined,
  gauge: () => undefined,
  histogram: () => () => undefined,
};
