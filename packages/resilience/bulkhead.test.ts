import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bulkhead, type Waiter } from './index.ts';

const waiter = (admit: () => boolean): Waiter => ({ previous: undefined, next: undefined, admit });

describe('a bulkhead', () => {
  it('hands a place to the first in line', () => {
    const admitted: string[] = [];
    const places = bulkhead({ concurrentMax: 1, queueMax: 2 });
    const line = ['a', 'b', 'c'].map((name) => waiter(() => admitted.push(name) > 0));
    expect(places.tryEnter()).toBe(true);
    expect(places.tryEnter()).toBe(false);
    expect(line.map((each) => places.wait(each))).toEqual([true, true, false]);
    places.leave();
    expect(admitted).toEqual(['a']);
    expect([places.running, places.waiting]).toEqual([1, 1]);
  });

  it('asks the next one when somebody does not want the place any more', () => {
    const places = bulkhead({ concurrentMax: 1, queueMax: 10 });
    places.tryEnter();
    for (let count = 0; count < 5; count += 1) places.wait(waiter(() => false));
    places.leave();
    expect([places.running, places.waiting]).toEqual([0, 0]);
  });

  it('does not run out of stack however long the line is', () => {
    const places = bulkhead({ concurrentMax: 1, queueMax: 200_000 });
    places.tryEnter();
    for (let count = 0; count < 200_000; count += 1) places.wait(waiter(() => false));
    places.leave();
    expect(places.running).toBe(0);
  });

  it('never exceeds its limits, and serves in order, whatever happens', () => {
    const limits = fc.record({ concurrentMax: fc.integer({ min: 1, max: 4 }), queueMax: fc.nat(4) });
    const steps = fc.array(fc.tuple(fc.constantFrom('come', 'leave', 'forget'), fc.nat(9)), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(limits, steps, (given, taken) => {
        const places = bulkhead(given);
        let running = 0;
        let line: { readonly node: Waiter }[] = [];
        const come = (): void => {
          if (places.tryEnter()) {
            running += 1;
            return;
          }
          expect(running).toBe(given.concurrentMax);
          const one = {
            node: waiter(() => {
              expect(line[0]).toBe(one);
              line = line.slice(1);
              running += 1;
              return true;
            }),
          };
          expect(places.wait(one.node)).toBe(line.length < given.queueMax);
          if (line.length < given.queueMax) line = [...line, one];
        };
        for (const [step, which] of taken) {
          if (step === 'come') come();
          if (step === 'leave' && running > 0) {
            running -= 1;
            places.leave();
          }
          const gone = line[which];
          if (step === 'forget' && gone !== undefined) {
            line = line.filter((each) => each !== gone);
            places.forget(gone.node);
          }
          expect([places.running, places.waiting]).toEqual([running, line.length]);
          expect(places.running).toBeLessThanOrEqual(given.concurrentMax);
          expect(places.waiting).toBeLessThanOrEqual(given.queueMax);
        }
      }),
      { numRuns: 500 },
    );
  });
});
