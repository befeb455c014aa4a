import { setTimeout as delay } from 'node:timers/promises';
import { startFaultProxy, waitUntil, type Fault, type FaultProxyCounts } from '@saas/local-stack';
import { holdCalls, whereIs } from './chaos-control.ts';

const TICK_MS = 1_000;
/** How long calls that only take their time may still take in the end. */
const FINISH_MS_MAX = 2_000;

export type ChaosPlan = {
  readonly subgraph: string;
  readonly fault: Fault;
  readonly forMs: number;
  /** The gateway's socket. */
  readonly path: string;
};

export type ChaosProgress = FaultProxyCounts & { readonly elapsedMs: number };

export type ChaosOutcome = ChaosProgress & {
  /** Where the subgraph's calls go now, as they did before. */
  readonly url: string;
  readonly end: 'on time' | 'stopped' | 'gateway left';
};

/**
 * Puts a fault into a subgraph's calls until the time is over or `stop` aborts, and takes it out again. Whatever becomes of
 * this process, the gateway calls the subgraph itself as soon as it is gone.
 *
 * @param onProgress told when it has begun, and every second from then on.
 * @throws {AppError} `CHAOS_NO_GATEWAY`, `CHAOS_GATEWAY_LEFT`, or what the gateway refuses with; nothing was changed then.
 */
export const runChaos = async (
  { subgraph, fault, forMs, path }: ChaosPlan,
  stop: AbortSignal,
  onProgress: (progress: ChaosProgress, url: string) => void,
): Promise<ChaosOutcome> => {
  const url = await whereIs(subgraph, path);
  const proxy = await startFaultProxy({ target: url, fault });
  try {
    const hold = await holdCalls(subgraph, proxy.origin, path);
    const startedAt = performance.now();
    const progress = (): ChaosProgress => ({
      ...proxy.counts(),
      elapsedMs: Math.min(forMs, performance.now() - startedAt),
    });
    const ticking = setInterval(() => onProgress(progress(), url), TICK_MS);
    onProgress(progress(), url);
    try {
      const end = await firstOf(hold.ended, stop, forMs);
      const reached = progress();
      await hold.release();
      return { ...proxy.counts(), elapsedMs: reached.elapsedMs, url, end };
    } finally {
      clearInterval(ticking);
    }
  } finally {
    // Nobody sends it any more; what is in hand and only slow still gets its answer.
    await waitUntil('calls in hand', () => proxy.counts().inFlight === 0, {
      timeoutMs: FINISH_MS_MAX,
    }).catch(() => undefined);
    await proxy.close();
  }
};

const firstOf = async (
  ended: Promise<void>,
  stop: AbortSignal,
  forMs: number,
): Promise<ChaosOutcome['end']> => {
  const left = ended.then(() => 'gateway left' as const);
  const timed = delay(forMs, 'on time' as const, { signal: stop }).catch(() => 'stopped' as const);
  return Promise.race([left, timed]);
};
