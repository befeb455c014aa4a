import { LIMIT, OURS } from './candidates.ts';

/** One promise about the gateway's CPU time for each request. */
export type Target = {
  readonly operation: string;
  readonly other: string;
  /** Our CPU time through the limit's; or theirs through ours. */
  readonly kind: 'at most' | 'at least';
  readonly ratio: number;
};

/** What issue 3 promises, every candidate with the same room for young objects. */
export const targets: readonly Target[] = [
  { operation: 'small', other: LIMIT, kind: 'at most', ratio: 1.5 },
  { operation: 'hop', other: LIMIT, kind: 'at most', ratio: 1.25 },
  { operation: 'large', other: LIMIT, kind: 'at most', ratio: 1.1 },
  ...['small', 'hop'].flatMap((operation) =>
    ['stock', 'hive'].map((other): Target => ({ operation, other, kind: 'at least', ratio: 10 })),
  ),
  { operation: 'hop', other: 'mercurius', kind: 'at least', ratio: 2 },
  { operation: 'large', other: 'stock', kind: 'at least', ratio: 12 },
  { operation: 'large', other: 'hive', kind: 'at least', ratio: 12 },
  { operation: 'large', other: 'hive-rust', kind: 'at least', ratio: 5 },
];

export type Verdict = 'holds' | 'missed' | 'not measured';

/**
 * Holds a target against what was measured.
 *
 * @param ratioOf the CPU time of one candidate through another's, `undefined` when one of them is missing.
 */
export const judge = (
  { operation, other, kind, ratio }: Target,
  ratioOf: (operation: string, candidate: string, other: string) => number | undefined,
): { readonly measured: number | undefined; readonly verdict: Verdict } => {
  const measured = kind === 'at most' ? ratioOf(operation, OURS, other) : ratioOf(operation, other, OURS);
  if (measured === undefined || Number.isNaN(measured))
    return { measured: undefined, verdict: 'not measured' };
  const holds = kind === 'at most' ? measured <= ratio : measured >= ratio;
  return { measured, verdict: holds ? 'holds' : 'missed' };
};
