import type { Fetch, FetchAnswer, FetchCall } from './fetch.port.ts';

/** A call that is to be made at the end of the turn, and who goes on when it is answered. */
export type Sending = {
  /** Asked for when the turn ends, and not before: until then more may be added to it. */
  readonly call: () => FetchCall;
  readonly onAnswer: (answer: FetchAnswer) => void;
  readonly onFailure: (cause: unknown) => void;
};

/**
 * The heartbeat of one execution. A turn begins when an answer has come and does at once all that it makes possible;
 * only then are the calls sent that have become ready in it, so that each may know of the others.
 */
export type Turns = {
  /** Runs `work` as one turn. Never throws. */
  readonly take: (work: () => void) => void;
  readonly send: (sending: Sending) => void;
};

/**
 * Starts with nothing to do.
 *
 * @param onBroken told once when a turn throws, which only a mistake of ours does; no turn is taken after that.
 */
export const startTurns = (fetch: Fetch, onBroken: (cause: unknown) => void): Turns => {
  let isBroken = false;
  let waiting: Sending[] = [];

  const take = (work: () => void): void => {
    if (isBroken) return;
    try {
      work();
      const ready = waiting;
      waiting = [];
      for (const each of ready) ask(each);
    } catch (cause) {
      isBroken = true;
      onBroken(cause);
    }
  };

  const ask = ({ call, onAnswer, onFailure }: Sending): void => {
    called(fetch, call()).then(
      (answer) => take(() => onAnswer(answer)),
      (cause: unknown) => take(() => onFailure(cause)),
    );
  };

  return { take, send: (sending) => void waiting.push(sending) };
};

/** A port that throws instead of rejecting has failed to answer like any other. */
const called = (fetch: Fetch, call: FetchCall): Promise<FetchAnswer> => {
  try {
    return fetch(call);
  } catch (cause) {
    return Promise.reject(cause);
  }
};
