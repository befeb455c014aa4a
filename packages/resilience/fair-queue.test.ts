import { describe, expect, it } from '@jest/globals';
import { FairQueue, type Rank } from './fair-queue.ts';
import { Flow } from './flow.ts';

const setup = (lengthMax = 100) => {
  const queue = new FairQueue({ lengthMax, burstMsMax: 1_000 });
  const refused: string[] = [];
  const entered: string[] = [];
  const gone = new Set<string>();
  return {
    queue,
    refused,
    gone,
    push: (flow: Flow, name: string, { rank = 1, at = 0 }: { rank?: Rank; at?: number } = {}) => {
      const waiter = {
        enter: () => entered.push(name),
        refuse: (reason: string) => refused.push(`${name} ${reason}`),
        hasLeft: () => gone.has(name),
      };
      queue.push(flow, rank, waiter, at);
    },
    shiftAll: (at = 0): readonly string[] => {
      for (let next = queue.shift(at, 50); next; next = queue.shift(at, 50)) next.waiter.enter();
      return entered;
    },
  };
};
const [ada, ben] = [new Flow('ada'), new Flow('ben')];

describe('turns', () => {
  it('go round by flow, however many wait in each', () => {
    const { push, shiftAll } = setup();
    for (const name of ['a1', 'a2', 'a3', 'a4']) push(ada, name);
    push(ben, 'b1');
    push(ben, 'b2');
    expect(shiftAll()).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('go to the lower rank first, and every fifth to the higher one', () => {
    const { push, shiftAll } = setup();
    for (let index = 1; index <= 6; index += 1) push(ada, `u${index}`, { rank: 0 });
    for (let index = 1; index <= 3; index += 1) push(ada, `q${index}`);
    expect(shiftAll()).toEqual(['u1', 'u2', 'u3', 'u4', 'q1', 'u5', 'u6', 'q2', 'q3']);
  });

  it('pass over those whose client has left, without a word', () => {
    const { push, shiftAll, gone, refused, queue } = setup();
    push(ada, 'a1');
    push(ada, 'a2');
    gone.add('a1');
    expect(shiftAll()).toEqual(['a2']);
    expect([refused, queue.length]).toEqual([[], 0]);
  });

  it('go to the newest of a flow whose queue has not been empty for long; the old ones are refused', () => {
    const { push, shiftAll, refused } = setup();
    push(ada, 'old', { at: 0 });
    push(ada, 'older than 50 ms', { at: 230 });
    push(ada, 'new', { at: 280 });
    push(ada, 'newest', { at: 290 });
    expect(shiftAll(300)).toEqual(['newest', 'new']);
    expect(refused).toEqual(['old waited_too_long', 'older than 50 ms waited_too_long']);
  });
});

describe('bounds', () => {
  it('a flow that has its part of the queue gives up its oldest', () => {
    const { push, shiftAll, refused, queue } = setup(4);
    for (let index = 1; index <= 5; index += 1) push(ada, `a${index}`);
    expect([refused, queue.length]).toEqual([['a1 queue_full'], 4]);
    push(ben, 'b1');
    push(ada, 'a6');
    expect(refused).toEqual(['a1 queue_full', 'a2 queue_full']);
    expect(shiftAll()).toEqual(['a3', 'b1', 'a4', 'a5', 'a6']);
  });

  it('the queue never holds more than twice its length, whatever number of flows there is', () => {
    const { push, queue, refused } = setup(10);
    for (let index = 0; index < 100; index += 1) push(new Flow(`flow ${index}`), `${index}`);
    expect(queue.length).toBe(20);
    expect(refused).toHaveLength(80);
  });

  it('a sweep refuses who has waited too long though nobody leaves', () => {
    const { push, queue, refused } = setup();
    push(ada, 'a1');
    queue.sweep(200, 50);
    expect(refused).toEqual([]);
    queue.sweep(300, 50);
    expect([refused, queue.length]).toEqual([['a1 waited_too_long'], 0]);
  });
});
