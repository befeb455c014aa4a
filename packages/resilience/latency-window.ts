/** How long the last so many took, and the time that all but a few of them stayed under. */
export type LatencyWindow = {
  add(tookMs: number): void;
  /** Undefined until the window is half full; of the window as it was up to a quarter of it ago. */
  readonly slowMs: number | undefined;
};

/** Nineteen of twenty stay under it. */
const SLOW = 0.95;

/** @param size how many are remembered; what they took is sorted once for every quarter of them. */
export const latencyWindow = (size = 128): LatencyWindow => {
  const taken = new Float64Array(size);
  const step = Math.max(1, Math.floor(size / 4));
  let count = 0;
  let slowMs: number | undefined;
  return {
    add: (tookMs) => {
      taken[count % size] = tookMs;
      count += 1;
      if (count % step !== 0 || count * 2 < size) return;
      const sorted = taken.slice(0, Math.min(count, size)).sort();
      slowMs = sorted[Math.ceil(SLOW * sorted.length) - 1];
    },
    get slowMs() {
      return slowMs;
    },
  };
};
