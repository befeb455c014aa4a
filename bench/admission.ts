import { admitDocument, defaultOperationLimits, parseDocument } from '@saas/gateway';
import { AppError } from '@saas/kernel';
import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import type { Cell, Report } from './report.ts';
import { median, medianRatio } from './statistics.ts';

const ROUNDS = 30;
/** Stock validation of one text may take seconds; it is not asked for more than this. */
const STOCK_MS_MAX = 2_000;

/**
 * What it costs to admit an operation, or to refuse it, beside parsing and validating it with graphql-js, which is what
 * would come next. Everything happens in one go: a time is how long nothing else could happen.
 */
export const admission = async (): Promise<Report> => {
  // The first time, for the compiler of the engine.
  for (const source of Object.values(operations)) measured(source, 3);
  return {
    name: 'admission',
    tables: [
      {
        title: 'Admission of an operation',
        columns: ['operation', 'bytes', 'verdict', 'µs', 'longest µs', 'parse + validate µs', 'ratio'],
        rows: Object.entries(operations).map(([name, source]) => [
          name,
          source.length,
          ...measured(source, ROUNDS),
        ]),
      },
    ],
  };
};

const times = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join(' ');

const schema = buildSchema('type Query { a(x: Int): Query b: Query c: Query id: ID name: String }');

const operations: Readonly<Record<string, string>> = {
  small: '{ a { id name } }',
  '60 fields': `query ($x: Int) { ${times(6, (i) => `f${i}: a(x: $x) { id name b { id name } c { id name } }`)} }`,
  introspection: getIntrospectionQuery(),
  '600 fields': `{ a { ${times(60, () => 'b { id }')} } ${times(40, (i) => `f${i}: a { ${'id name '.repeat(5)} }`)} }`,
  'fragment bomb': `{...F0} ${times(
    12,
    (i) => `fragment F${i} on Query{ id name x:b{...F${i + 1}} y:b{...F${i + 1}} }`,
  )} fragment F12 on Query{id}`,
  '100,000 aliases': `{${times(100_000, (i) => `a${i}:id`)}}`,
  '10,000 levels': `${'{a'.repeat(10_000)}${'}'.repeat(10_000)}`,
  '200 fragments in one place': `{ a {${times(200, (i) => `...F${i}`)}}} ${times(200, (i) => `fragment F${i} on Query{id}`)}`,
  '1,000 directives': `{ id ${'@x '.repeat(1_000)} }`,
  '1 MB of a comment': `# ${'x'.repeat(1_000_000)}\n{ id }`,
};

const measured = (source: string, rounds: number): readonly Cell[] => {
  const [ours, stock]: [number[], number[]] = [[], []];
  let verdict = 'admitted';
  for (let round = 0; round < rounds; round += 1) {
    ours.push(
      timedUs(() => {
        try {
          admitDocument(parseDocument(source, defaultOperationLimits), defaultOperationLimits);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          verdict = error.code;
        }
      }),
    );
    if (stock.reduce((sum, each) => sum + each, 0) < STOCK_MS_MAX * 1_000)
      stock.push(timedUs(() => stockCheck(source)));
  }
  const [us, stockUs] = [median(ours), median(stock)];
  return [
    verdict,
    Math.round(us),
    Math.round(Math.max(...ours)),
    Math.round(stockUs),
    rounded(medianRatio(ours, stock)),
  ];
};

const stockCheck = (source: string): void => {
  try {
    validate(schema, parse(source));
  } catch {
    // Its stack may overflow; that is an answer, too.
  }
};

const timedUs = (work: () => void): number => {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) * 1_000;
};

const rounded = (ratio: number): number => Number(ratio.toPrecision(2));
