import type { Flow, Flows } from './flow.ts';

/** More than is served in the end comes through the door, so that there is something to choose from, and more room is noticed. */
const SURPLUS = 1.1;
const SURPLUS_REQUESTS = 0.5;
const RECOVERY = 0.02;
const SHARE_MIN = 0.01;
/** Who asks for so many times what flows get on average is greedy. */
const GREED = 2;
const BLUNT_SHRINK = 0.7;
const BLUNT_RECOVERY = 0.1;
const BLUNT_MIN = 0.05;
/** So many windows of delay, one after the other: what passes in less is no standing delay. */
const DELAYED_WINDOWS_MIN = 5;

type Options = {
  /** Standing delay of the event loop from which on the door sheds by itself, whoever comes. */
  readonly loopDelayMsMax: number;
  /** So many requests of each window are never shed for that. */
  readonly spared: number;
};

/**
 * Turns requests away before anything is done for them: most of those that would be refused further in, where it costs more. Of each
 * flow a share comes through, a little more than what it was given of late: a flow that gets all that it asks for is never turned away.
 *
 * Stands open, and costs a comparison, until somebody was refused inside or the event loop is late for half a second without a
 * break; then everybody's share shrinks until it keeps up again.
 *
 * @see Zhou et al., "Overload Control for Scaling WeChat Microservices" (DAGOR), 2018: what is refused upstream need not be downstream.
 */
export class OverloadDoor {
  readonly #options: Options;
  #isOpen = true;
  #bluntShare = 1;
  #bluntCredit = 0;
  #delayedWindows = 0;
  #arrived = 0;
  /** What flows that came in the last window got on average. */
  #begunMean = Number.POSITIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Nobody is turned away at the moment. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the event loop itself cannot keep up. Says no to a part of all requests, and is to be asked first. */
  isBlunt(): boolean {
    if (this.#bluntShare === 1) return false;
    this.#arrived += 1;
    if (this.#arrived <= this.#options.spared) return false;
    this.#bluntCredit += this.#bluntShare;
    if (this.#bluntCredit < 1) return true;
    this.#bluntCredit -= 1;
    return false;
  }

  /**
   * Whether one more of this flow may come in. To be asked only while the door is not open: then it counts. Of a flow that is not
   * greedy, what is urgent may come in all the same.
   */
  admits(flow: Flow): boolean {
    flow.arrived += 1;
    if (flow.share === 1) return true;
    flow.credit += flow.share;
    if (flow.credit < 1) return false;
    flow.credit -= 1;
    return true;
  }

  /**
   * Settles everybody's share by what became of them since the last time; to be called about ten times a second.
   *
   * @param loopDelayMs by how much this call came too late.
   */
  tick(flows: Flows, loopDelayMs: number): void {
    const { loopDelayMsMax } = this.#options;
    this.#arrived = 0;
    this.#delayedWindows = loopDelayMs > loopDelayMsMax ? this.#delayedWindows + 1 : 0;
    this.#bluntShare =
      this.#delayedWindows >= DELAYED_WINDOWS_MIN
        ? Math.max(BLUNT_MIN, this.#bluntShare * BLUNT_SHRINK)
        : Math.min(1, this.#bluntShare + BLUNT_RECOVERY);
    this.#isOpen = this.#bluntShare === 1;
    let begun = 0;
    let count = 0;
    flows.settle((flow) => {
      if (flow.begun + flow.refused > 0) count += 1;
      begun += flow.begun;
      this.#settle(flow);
    });
    this.#begunMean = count === 0 ? Number.POSITIVE_INFINITY : begun / count;
  }

  #settle(flow: Flow): void {
    if (flow.refused === 0 && flow.share === 1) {
      flow.isGreedy = false;
      return;
    }
    flow.share = shareOf(flow);
    flow.isGreedy = Math.max(flow.arrived, flow.begun + flow.refused) > GREED * this.#begunMean;
    this.#isOpen = false;
  }
}

const shareOf = ({ share, arrived, begun, refused }: Flow): number => {
  if (refused === 0) return Math.min(1, share * SURPLUS + RECOVERY);
  const wanted = (SURPLUS * begun + SURPLUS_REQUESTS) / Math.max(arrived, begun + refused);
  return Math.min(1, Math.max(SHARE_MIN, (share + wanted) / 2));
};
