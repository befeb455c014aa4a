/** The only way to learn the time. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is told otherwise. For tests. */
export const testClock = (start = '2026-01-01T00:00:00.000Z') => {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  };
};
