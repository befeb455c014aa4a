import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakerHint, BreakerHints } from '../breaker-hints.port.ts';

/** Two processes that hear each other, and nobody else. */
export type BreakerHintsUnderTest = {
  readonly one: BreakerHints;
  readonly other: BreakerHints;
  /** Waits until that is so. */
  readonly until: (isSo: () => boolean) => Promise<void>;
};

const opened: BreakerHint = { circuit: 'projects:query', change: 'opened' };
const closed: BreakerHint = { circuit: 'projects:query', change: 'closed' };
/** After all others. */
const last: BreakerHint = { circuit: 'users:mutation', change: 'closed' };

/** The promises of the BreakerHints port. Call it once per adapter. */
export const describeBreakerHintsContract = (adapter: string, open: () => Promise<BreakerHintsUnderTest>) =>
  describe(`${adapter} keeps the BreakerHints contract`, () => {
    let under: BreakerHintsUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    const heardBy = (hints: BreakerHints): BreakerHint[] => {
      const heard: BreakerHint[] = [];
      hints.listen((hint) => heard.push(hint));
      return heard;
    };
    const allHeard = async (heard: readonly BreakerHint[]): Promise<void> => {
      under.one.publish(last);
      await under.until(() => heard.some(({ circuit }) => circuit === last.circuit));
    };

    it('tells the others, in the order in which it is told', async () => {
      const heard = heardBy(under.other);
      for (const hint of [opened, closed, opened]) under.one.publish(hint);
      await allHeard(heard);
      expect(heard).toEqual([opened, closed, opened, last]);
    });

    it('tells nobody what they said themselves', async () => {
      const [own, heard] = [heardBy(under.one), heardBy(under.other)];
      under.one.publish(opened);
      await allHeard(heard);
      under.other.publish(closed);
      await under.until(() => own.length > 0);
      expect(own).toEqual([closed]);
    });

    it('tells everybody who listens at the same place', async () => {
      const [first, second] = [heardBy(under.other), heardBy(under.other)];
      await allHeard(second);
      expect([first, second]).toEqual([[last], [last]]);
    });

    it('tells nobody who has stopped listening', async () => {
      const left: BreakerHint[] = [];
      under.other.listen((hint) => left.push(hint))();
      await allHeard(heardBy(under.other));
      expect(left).toEqual([]);
    });
  });
