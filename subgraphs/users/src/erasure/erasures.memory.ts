import type { Erasure, Erasures, Person } from './erasures.port.ts';

/** A real record that forgets on exit, over people who are named to it. Used by unit tests. */
export const memoryErasures = (people: readonly Person[]): Erasures => {
  const rows: Erasure[] = [];
  const nothing = { snapshots: 0, claims: 0 };
  return {
    findPerson: async (userId) => people.find((person) => person.userId === userId),
    begin: async (erasure) => void rows.push({ ...erasure, finishedAt: null, outcome: null }),
    async finish({ erasureId }, outcome, finishedAt) {
      const index = rows.findIndex((row) => row.erasureId === erasureId);
      const row = rows[index];
      if (row) rows[index] = { ...row, outcome, finishedAt, pseudonyms: [] };
    },
    last: async ({ userId }) => rows.findLast((row) => row.userId === userId),
    list: async (limit) => rows.toReversed().slice(0, limit),
    count: async () => ({ ...nothing, sessions: 0 }),
    drop: async () => nothing,
  };
};
