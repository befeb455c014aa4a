/** Counts what was seen, for the report. */
export type Tally = {
  readonly count: (name: string, times?: number) => void;
  readonly counts: () => Readonly<Record<string, number>>;
};

export const tally = (): Tally => {
  const counts = new Map<string, number>();
  return {
    count: (name, times = 1) => counts.set(name, (counts.get(name) ?? 0) + times),
    counts: () => Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
};
