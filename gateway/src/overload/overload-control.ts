import type { Meter } from '@saas/kernel';
import {
  Flows,
  OverloadDoor,
  OverloadGate,
  SheddingState,
  UsualLatency,
  type Flow,
  type GracefulStop,
  type Rank,
} from '@saas/resilience';
import type { Logger } from '@saas/telemetry';
import type { DocumentNode } from 'graphql';
import { KnownTokens } from './known-tokens.ts';
import { rankNames } from './operation-rank.ts';
import { overloadMetrics } from './overload-metrics.ts';
import type { OverloadConfig } from './overload.config.ts';

const TICK_MS = 100;
const FLOWS_MAX = 20_000;
const TOKENS_MAX = 50_000;
/** Clients that are refused at the same moment are sent away for different times, so that they do not come back together. */
const RETRY_SECONDS = [1, 2, 3] as const;

export type ShedReason = 'share' | 'loop_delay' | 'queue_full' | 'waited_too_long';

type Options = { readonly config: OverloadConfig; readonly logger: Logger; readonly meter: Meter };

/** Undefined when the settings switch it off: then nothing is refused. */
export const openOverloadControl = (
  options: Options,
  stopping: GracefulStop,
): OverloadControl | undefined => {
  if (!options.config.OVERLOAD_CONTROL) return undefined;
  const control = new OverloadControl(options);
  stopping.add('overload control', () => control.stop());
  return control;
};

/**
 * What the door and the stage know together: who asks for how much, how much can be served, what was refused. Looks around ten
 * times a second, by one timer for all requests.
 */
export class OverloadControl {
  readonly gate: OverloadGate;
  readonly door: OverloadDoor;
  readonly flows = new Flows(FLOWS_MAX);
  readonly tokens = new KnownTokens(TOKENS_MAX);
  readonly addressHeader: string | undefined;
  readonly #usual = new WeakMap<DocumentNode, UsualLatency>();
  readonly #logger: Logger;
  readonly #count: (labels: { readonly reason: string; readonly class: string }) => void;
  readonly #state: SheddingState;
  readonly #unreadyAfterMs: number;
  readonly #timer: NodeJS.Timeout;
  #tickAtMs = performance.now() + TICK_MS;
  #loopDelayMs = 0;
  #shed = 0;
  #begun = 0;
  #shedding: { readonly sinceMs: number; shed: number; lastMs: number } | undefined;

  constructor({ config, logger, meter }: Options) {
    const { OVERLOAD_OPERATIONS_MIN: min, OVERLOAD_OPERATIONS_START: start } = config;
    this.gate = new OverloadGate({
      limit: { min, start, max: config.OVERLOAD_OPERATIONS_MAX },
      queue: { lengthMax: config.OVERLOAD_QUEUE_MAX, burstMsMax: config.OVERLOAD_QUEUE_MS_MAX },
    });
    this.door = new OverloadDoor({ loopDelayMsMax: config.OVERLOAD_LOOP_DELAY_MS_MAX, spared: min });
    this.addressHeader = config.OVERLOAD_ADDRESS_HEADER?.toLowerCase();
    this.#logger = logger;
    this.#unreadyAfterMs = config.OVERLOAD_UNREADY_AFTER_MS;
    this.#state = new SheddingState({ lastsMs: this.#unreadyAfterMs || DEFAULT_LASTS_MS });
    this.#count = meter.counter(overloadMetrics.gateway_overload_shed_total);
    this.#measure(meter);
    this.#timer = setInterval(() => this.#tick(performance.now()), TICK_MS).unref();
  }

  /** So much was refused for so long that others had better be asked. */
  get isOverwhelmed(): boolean {
    return this.#unreadyAfterMs > 0 && this.#state.isOverwhelmed;
  }

  /** How long operations of this document usually take; lives as long as the document is remembered. */
  usualOf(document: DocumentNode): UsualLatency {
    const known = this.#usual.get(document);
    if (known !== undefined) return known;
    const usual = new UsualLatency();
    this.#usual.set(document, usual);
    return usual;
  }

  /** The flow of a client that has not signed in. */
  flowOfAddress(address: string): Flow {
    return this.flows.of(`address ${address}`);
  }

  began(): void {
    this.#begun += 1;
  }

  /** Something was refused. @returns after how many seconds its client may come again. */
  noteShed(reason: ShedReason, rank: Rank): number {
    this.#count({ reason, class: rankNames[rank] });
    this.#shed += 1;
    return RETRY_SECONDS[this.#shed % RETRY_SECONDS.length] ?? 1;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(nowMs: number): void {
    this.#loopDelayMs = Math.max(0, nowMs - this.#tickAtMs);
    this.#tickAtMs = nowMs + TICK_MS;
    this.gate.tick(nowMs);
    this.door.tick(this.flows, this.#loopDelayMs);
    this.#state.note(this.#begun, this.#shed, nowMs);
    this.#tell(nowMs);
    this.#begun = 0;
    this.#shed = 0;
  }

  /** One line when it begins, and one when it is over; what happens between is counted. */
  #tell(nowMs: number): void {
    if (this.#shed > 0) {
      if (this.#shedding === undefined) {
        const { limit, inFlight, queued } = this.gate;
        this.#logger.warn({ limit, inFlight, queued }, 'the gateway refuses a part of the requests');
        this.#shedding = { sinceMs: nowMs, shed: 0, lastMs: nowMs };
      }
      this.#shedding.shed += this.#shed;
      this.#shedding.lastMs = nowMs;
    } else if (this.#shedding !== undefined && nowMs - this.#shedding.lastMs > DEFAULT_LASTS_MS) {
      const { sinceMs, lastMs, shed } = this.#shedding;
      this.#logger.info(
        { shed, durationMs: Math.round(lastMs - sinceMs) },
        'the gateway refuses nothing any more',
      );
      this.#shedding = undefined;
    }
  }

  #measure(meter: Meter): void {
    const one = (value: number) => [{ labels: {}, value }];
    meter.gauge(overloadMetrics.gateway_overload_limit_operations, () => one(this.gate.limit));
    meter.gauge(overloadMetrics.gateway_overload_in_flight_operations, () => one(this.gate.inFlight));
    meter.gauge(overloadMetrics.gateway_overload_waiting_operations, () =>
      ([0, 1] as const).map((rank) => ({
        labels: { class: rankNames[rank] },
        value: this.gate.queuedOf(rank),
      })),
    );
    meter.gauge(overloadMetrics.gateway_overload_flows, () => one(this.flows.size));
    meter.gauge(overloadMetrics.gateway_overload_loop_delay_seconds, () => one(this.#loopDelayMs / 1_000));
    meter.gauge(overloadMetrics.gateway_overload_overwhelmed, () => one(this.#state.isOverwhelmed ? 1 : 0));
  }
}

const DEFAULT_LASTS_MS = 5_000;
