import type { CallWatch } from './call-watch.ts';
import { Flight } from './flight.ts';
import type { GatewayContext } from './gateway-context.ts';
import type { Layer, Send, UpstreamAnswer, UpstreamCall } from './upstream-call.ts';

/** Longer bodies are seldom asked for twice at once, and cost the more to compare. */
const BODY_CHARACTERS_MAX = 16 * 1_024;

export type ShareOptions = {
  /** What besides the body an answer may depend on; see `callScope`. */
  readonly scopeOf: (context: GatewayContext) => string;
  readonly watch: CallWatch;
  readonly nowMs?: () => number;
  /** Told of each call that was not sent because another one's answer will do. */
  readonly onShared?: (() => void) | undefined;
};

/**
 * Queries that are the same to the last byte, on behalf of the same viewer, are sent once as long as the first one is on
 * its way. Each has its own time, and may leave; the call is given up when all have left. A failure is everybody's.
 *
 * Nobody gets an answer from before a write that had ended when they asked: after a mutation nothing joins what was sent
 * before its end. Nor does anybody wait for a call that ends so early that less than half of their own time is left to it.
 */
export const shareLayer = ({ scopeOf, watch, ...options }: ShareOptions): Layer => {
  const { onShared = () => undefined, nowMs = () => performance.now() } = options;
  return (send) => {
    let flights = new Map<string, Flight>();

    const write = async (call: UpstreamCall): Promise<UpstreamAnswer> => {
      try {
        return await send(call);
      } finally {
        if (flights.size > 0) flights = new Map();
      }
    };
    const begin = async (call: UpstreamCall, key: string): Promise<UpstreamAnswer> => {
      const flight = new Flight(call, watch);
      const answer = flight.join(call);
      const joinable = flights.set(key, flight);
      const end = (): void => {
        if (joinable.get(key) === flight) joinable.delete(key);
      };
      void fly(send, flight, end);
      return answer;
    };
    // What is left to the flight is at least half of what is left to the call.
    const isJoinable = (flight: Flight, { endsAtMs }: UpstreamCall): boolean =>
      !flight.aborted && flight.call.endsAtMs * 2 - endsAtMs >= nowMs();
    return async (call) => {
      if (call.isMutation) return write(call);
      if (call.body.length > BODY_CHARACTERS_MAX) return send(call);
      const scope = scopeOf(call.context);
      const key = scope === '' ? call.body : `${scope}\n${call.body}`;
      const flight = flights.get(key);
      if (flight === undefined || !isJoinable(flight, call)) return begin(call, key);
      onShared();
      return flight.join(call);
    };
  };
};

const fly = async (send: Send, flight: Flight, end: () => void): Promise<void> => {
  let answer: UpstreamAnswer;
  try {
    answer = await send(flight.call);
  } catch (error) {
    end();
    flight.fail(error);
    return;
  }
  end();
  await flight.land(answer);
};
