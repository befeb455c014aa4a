import { expect, it } from '@jest/globals';
import { isAppError } from '@saas/kernel';
import fc from 'fast-check';
import type { Decider, DomainEvent } from '../decider.ts';

type Options<State, Command, Event extends DomainEvent> = {
  readonly name: string;
  readonly decider: Decider<State, Command, Event>;
  /** Begins a history; without it, most of what follows would be refused. */
  readonly first: Command;
  readonly commands: fc.Arbitrary<Command>;
};

/**
 * Random histories of a decider, as its own decisions make them: whatever version a snapshot was taken at, the state from it
 * and the events after it is the state from the whole history.
 */
export const itLosesNothingInSnapshots = <State, Command, Event extends DomainEvent>({
  name,
  decider,
  first,
  commands,
}: Options<State, Command, Event>) =>
  it(`loses nothing of ${name} in a snapshot, whenever it was taken`, () => {
    const longest = { events: 0 };
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (rest) => {
        const history = historyOf(decider, [first, ...rest]);
        longest.events = Math.max(longest.events, history.length);
        const whole = history.reduce(decider.evolve, decider.initialState);
        for (let taken = 0; taken <= history.length; taken += 1) {
          const kept = history.slice(0, taken).reduce(decider.evolve, decider.initialState);
          const read = JSON.parse(JSON.stringify(kept)) as State;
          expect(history.slice(taken).reduce(decider.evolve, read)).toStrictEqual(whole);
        }
      }),
    );
    // A generator whose commands are all refused would prove nothing.
    expect(longest.events).toBeGreaterThan(0);
  });

const historyOf = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  commands: readonly Command[],
): readonly Event[] => {
  const history: Event[] = [];
  let state = decider.initialState;
  for (const command of commands) {
    const events = decidedOrRefused(() => decider.decide(command, state));
    history.push(...events);
    state = events.reduce(decider.evolve, state);
  }
  return history;
};

const decidedOrRefused = <Event>(decide: () => readonly Event[]): readonly Event[] => {
  try {
    return decide();
  } catch (error) {
    if (isAppError(error)) return [];
    throw error;
  }
};
