import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countAfter, isUnread, type Readable } from './unread-tally.values.ts';

const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;

type Step = { readonly act: 'create' | 'read' | 'readUpTo'; readonly which: number; readonly minute: number };
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    act: fc.constantFrom('create', 'create', 'read', 'readUpTo'),
    which: fc.nat(20),
    minute: fc.nat(59),
  }),
  { maxLength: 60 },
);

it('agrees with a recount after any history of arrivals, reads and reads of all', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const rows = new Map<number, Readable>();
      let tally: { unreadCount: number; readUpTo: string | null } = { unreadCount: 0, readUpTo: null };
      const recount = () => [...rows.values()].filter((row) => isUnread(row, tally)).length;
      for (const { act, which, minute } of history) {
        const before = rows.get(which);
        if (act === 'readUpTo') {
          const moment = at(minute);
          tally = { ...tally, readUpTo: tally.readUpTo && tally.readUpTo > moment ? tally.readUpTo : moment };
          tally = { ...tally, unreadCount: recount() };
        } else if (act === 'create' ? before === undefined : before !== undefined) {
          const after = {
            createdAt: before?.createdAt ?? at(minute),
            readAt: act === 'read' ? at(minute) : null,
          };
          rows.set(which, after);
          tally = { ...tally, unreadCount: countAfter(tally, before, after) };
        }
        expect(tally.unreadCount).toBe(recount());
      }
    }),
  );
});

it('counts a notification that arrives late, but was made before all was read, as read', () => {
  const tally = { unreadCount: 0, readUpTo: at(5) };
  expect(countAfter(tally, undefined, { createdAt: at(5), readAt: null })).toBe(0);
  expect(countAfter(tally, undefined, { createdAt: at(6), readAt: null })).toBe(1);
});

it('does not count a notification twice when it is read after all was read', () => {
  const tally = { unreadCount: 0, readUpTo: at(5) };
  expect(countAfter(tally, { createdAt: at(4), readAt: null }, { createdAt: at(4), readAt: at(6) })).toBe(0);
});
