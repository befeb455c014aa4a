import { randomUUID } from 'node:crypto';
import type { PermissionListener } from '@saas/auth';
import type { Redis } from 'ioredis';
import { parseTidings } from './tidings-text.ts';

/** All in milliseconds. */
export type HearingTimes = {
  /** How often we send ourselves a beat. */
  readonly beatMs: number;
  /** A beat that takes longer, or none for so long: we do not know what we have missed. */
  readonly silenceMsMax: number;
  /** Beats must come unbroken for so long until we trust them again; longer than a publisher takes to find its way back. */
  readonly settleMs: number;
  /** After so much silence the connections are made anew. */
  readonly reconnectMs: number;
};

export const HEARING_TIMES: HearingTimes = {
  beatMs: 100,
  silenceMsMax: 500,
  settleMs: 3_000,
  reconnectMs: 5_000,
};

type Options = {
  /** Sends the beats. */
  readonly sender: Redis;
  /** Listens, and does nothing else. */
  readonly receiver: Redis;
  readonly channel: string;
  readonly listener: PermissionListener;
  readonly times: HearingTimes;
  /** Must not throw. */
  readonly onFailure: (error: unknown) => void;
};

/**
 * Hears of changes, and knows up to when it has heard all of them.
 *
 * It sends beats to itself, on the connection that changes leave by, and hears them on the connection that they arrive on.
 * Redis delivers to one connection in the order in which it was told: whoever has heard the beat of 12:00:00 has heard every
 * change that was told before. Each subscription is an epoch of its own; a beat of an earlier one counts for nothing.
 */
export class PermissionHearing {
  readonly #options: Options;
  readonly #beats = `beat:${randomUUID()}`;
  readonly #timer: NodeJS.Timeout;
  /** 0 while there is no subscription. */
  #epoch = 0;
  #epochs = 0;
  /** When the last beat was sent that was heard in time. */
  #heardUpToMs = -Infinity;
  #state: 'deaf' | 'settling' | 'live' = 'deaf';
  #settledAtMs = 0;
  #connectedAtMs = performance.now();

  constructor(options: Options) {
    this.#options = options;
    const { receiver, times } = options;
    receiver.on('ready', this.#onReady);
    receiver.on('close', this.#onClose);
    receiver.on('message', this.#onMessage);
    this.#timer = setInterval(() => this.#beat(), times.beatMs).unref();
    if (receiver.status === 'ready') this.#onReady();
  }

  isLive(): boolean {
    return this.#state === 'live' && !this.#isSilent(performance.now());
  }

  close(): void {
    const { receiver } = this.#options;
    clearInterval(this.#timer);
    receiver.off('ready', this.#onReady);
    receiver.off('close', this.#onClose);
    receiver.off('message', this.#onMessage);
    this.#onClose();
  }

  readonly #onReady = (): void => {
    this.#onClose();
    this.#connectedAtMs = performance.now();
    void this.#subscribe((this.#epochs += 1));
  };

  readonly #onClose = (): void => {
    this.#epoch = 0;
    this.#state = 'deaf';
  };

  async #subscribe(epoch: number): Promise<void> {
    const { receiver, channel, onFailure } = this.#options;
    try {
      await receiver.subscribe(channel, this.#beats);
      if (receiver.status === 'ready' && epoch === this.#epochs) this.#epoch = epoch;
    } catch (error) {
      onFailure(error);
      if (receiver.status === 'ready') receiver.disconnect(true);
    }
  }

  readonly #onMessage = (channel: string, text: string): void => {
    if (channel === this.#beats) return this.#onBeat(text);
    const { listener } = this.#options;
    const tidings = parseTidings(text);
    if (tidings === 'everything') listener.onGap();
    else listener.onChange(tidings);
  };

  #onBeat(text: string): void {
    const [epoch, sentAtMs] = text.split(' ').map(Number);
    if (epoch !== this.#epoch || sentAtMs === undefined) return;
    const nowMs = performance.now();
    if (this.#isSilent(nowMs)) this.#state = 'deaf';
    this.#heardUpToMs = sentAtMs;
    if (this.#isSilent(nowMs)) return;
    this.#advance(nowMs);
  }

  #advance(nowMs: number): void {
    if (this.#state === 'deaf') {
      this.#state = 'settling';
      this.#settledAtMs = nowMs + this.#options.times.settleMs;
    }
    if (this.#state === 'live' || nowMs < this.#settledAtMs) return;
    // First: whoever asks from within must not be told that all is well.
    this.#options.listener.onGap();
    this.#state = 'live';
  }

  #isSilent(nowMs: number): boolean {
    return nowMs - this.#heardUpToMs > this.#options.times.silenceMsMax;
  }

  #beat(): void {
    const { sender, receiver } = this.#options;
    const nowMs = performance.now();
    if (this.#isSilent(nowMs)) this.#state = 'deaf';
    if (this.#isLost(nowMs)) {
      // Half-open connections are not noticed otherwise.
      this.#connectedAtMs = nowMs;
      for (const client of [sender, receiver]) if (isConnected(client)) client.disconnect(true);
      return;
    }
    if (this.#epoch === 0 || sender.status !== 'ready') return;
    // Its loss is noticed by the silence.
    sender.publish(this.#beats, `${this.#epoch} ${nowMs}`).catch(() => undefined);
  }

  #isLost(nowMs: number): boolean {
    return nowMs - Math.max(this.#heardUpToMs, this.#connectedAtMs) > this.#options.times.reconnectMs;
  }
}

/** `connect`: the connection stands, and Redis has not answered on it yet. */
const isConnected = ({ status }: Redis): boolean => status === 'ready' || status === 'connect';
