import { expect } from '@jest/globals';
import type { Decider, DomainEvent } from '../decider.ts';

/** Reads as a sentence: `given(past).when(command).thenHappens(events)`. */
export const specification =
  <State, Command, Event extends DomainEvent>({
    initialState,
    evolve,
    decide,
  }: Decider<State, Command, Event>) =>
  (...history: Event[]) => ({
    when: (command: Command) => {
      const act = () => decide(command, history.reduce(evolve, initialState));
      return {
        thenHappens: (...expected: Event[]) => {
          expect(act()).toEqual(expected);
        },
        thenRefused: (code: string) => {
          expect(act).toThrow(expect.objectContaining({ code }));
        },
      };
    },
  });
