import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { History } from './history.ts';
import { faults, judge, type Fault } from './judge.ts';
import { soundHistories } from './sound-history.ts';

type Plant = (history: History, pick: <Item>(items: readonly Item[]) => Item) => History;

/** A bug for everything that the judge knows, as it would show. */
const plants: Readonly<Record<Fault, Plant>> = {
  'a write that was confirmed is gone': (history, pick) => {
    const { operation } = pick(history.attempts.filter(({ told }) => told === 'done'));
    return without(history, (each) => each.operation === operation);
  },
  'a write is there in part': (history, pick) => {
    const { operation, parts } = pick(history.attempts.filter(isOfTwoStreams(history)));
    return without(history, (each) => each.operation === operation && each.stream === parts[0]?.stream);
  },
  'a write was carried out twice': (history, pick) => {
    const event = pick(history.events);
    return { ...history, events: [...history.events, { ...event, version: 1_000 }] };
  },
  'a write that was refused is there': (history, pick) => {
    const { operation } = pick(history.events);
    const attempts = history.attempts.map((each) =>
      each.operation === operation ? ({ ...each, told: 'refused' } as const) : each,
    );
    return { ...history, attempts };
  },
  'an event that nobody wrote': (history, pick) => {
    const { operation } = pick(history.events);
    return { ...history, attempts: history.attempts.filter((each) => each.operation !== operation) };
  },
  'a version is missing or there twice': (history, pick) => {
    const event = pick(history.events);
    return { ...history, events: [...history.events, event] };
  },
  // Two writers read the same total, and the second did not notice the first.
  'an update was decided on an older state': (history, pick) => {
    const event = pick(history.events.filter(({ version }) => version > 1));
    const earlier = history.events.find(
      ({ stream, version }) => stream === event.stream && version === event.version - 1,
    );
    return { ...history, events: replaced(history.events, event, { before: earlier?.before ?? -1 }) };
  },
  'an event was not announced': (history, pick) => {
    const message = pick(history.messages);
    return {
      ...history,
      messages: history.messages.filter((each) => each !== message),
      effects: history.effects.filter(({ messageId }) => messageId !== message.messageId),
    };
  },
  'a message that announces no event': (history, pick) => {
    const message = { ...pick(history.messages), messageId: 'ghost', sequence: 1_000 };
    return { ...history, messages: [...history.messages, message] };
  },
  'a message was never marked as sent': (history, pick) => ({
    ...history,
    messages: replaced(history.messages, pick(history.messages), { isSent: false }),
  }),
  'a message had no effect': (history, pick) => {
    const lost = pick(history.effects);
    return { ...history, effects: history.effects.filter((each) => each !== lost) };
  },
  'a message had its effect twice': (history, pick) => {
    const again = { ...pick(history.effects), position: 1_000 };
    return { ...history, effects: [...history.effects, again] };
  },
  'an effect of another message': (history, pick) => ({
    ...history,
    effects: replaced(history.effects, pick(history.effects), { operation: 'another' }),
  }),
  'an effect overtook another of its stream': (history, pick) => {
    const late = pick(
      history.effects.filter((each) =>
        history.effects.some(({ stream, sequence }) => stream === each.stream && sequence > each.sequence),
      ),
    );
    return { ...history, effects: replaced(history.effects, late, { position: 1_000 }) };
  },
};

const without = (
  history: History,
  isGone: (each: { readonly operation: string; readonly stream: string }) => boolean,
): History => ({
  ...history,
  events: history.events.filter((each) => !isGone(each)),
  messages: history.messages.filter((each) => !isGone(each)),
  effects: history.effects.filter((each) => !isGone(each)),
});

const replaced = <Item>(items: readonly Item[], old: Item, change: Partial<Item>): readonly Item[] =>
  items.map((each) => (each === old ? { ...each, ...change } : each));

const isOfTwoStreams =
  ({ events }: History) =>
  ({ operation, parts }: History['attempts'][number]): boolean =>
    parts.length === 2 && events.some((event) => event.operation === operation);

const pickBy =
  (chance: number) =>
  <Item>(items: readonly Item[]): Item => {
    const picked = items[Math.floor(chance * items.length)];
    if (picked === undefined) throw new Error('There is nothing to pick from.');
    return picked;
  };
const chances = fc.double({ min: 0, max: 0.999_999, noNaN: true });

describe('the judge of a history', () => {
  it('has nothing to say of one in which everything happened once and in order', () => {
    fc.assert(fc.property(soundHistories, (history) => expect(judge(history)).toEqual([])));
  });

  it.each(Object.keys(faults) as readonly Fault[])('finds wherever it is planted that %s', (fault) => {
    fc.assert(
      fc.property(soundHistories, chances, (history, chance) => {
        const found = judge(plants[fault](history, pickBy(chance))).map((each) => each.fault);
        expect(found).toContain(fault);
      }),
    );
  });

  it('believes a writer that was told nothing, whether its write is there or not', () => {
    const attempts = [
      { operation: 'op', parts: [{ stream: 'tally-a', events: 1 }], told: 'unknown' },
    ] as const;
    expect(judge({ attempts, events: [], messages: [], effects: [] })).toEqual([]);
  });

  it('does not call a repeated effect a reordered one', () => {
    const effectAt = (position: number, sequence: number) => ({
      messageId: `m-${sequence}`,
      stream: 'tally-a',
      sequence,
      operation: 'op',
      position,
    });
    const effects = [effectAt(1, 1), effectAt(2, 2), effectAt(3, 1)];
    const found = judge({ attempts: [], events: [], messages: [], effects }).map(({ fault }) => fault);
    expect(found).not.toContain('an effect overtook another of its stream');
  });
});
