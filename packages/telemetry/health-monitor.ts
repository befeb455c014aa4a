import { systemClock, type Clock } from '@saas/kernel';
import type { HealthDetails, HealthPart, HealthReport, HealthSource, HealthStatus } from './health-source.ts';

/** What the last check of one source found. */
export type HealthCheck = {
  readonly status: HealthStatus;
  readonly isCritical: boolean;
  /** How long the last check took, in whole milliseconds. */
  readonly responseTimeMs: number;
  /** ISO-8601, UTC; null before the first check has ended. */
  readonly checkedAt: string | null;
  readonly details?: HealthDetails;
  readonly parts?: readonly HealthPart[];
  /** A short code: `TIMEOUT`, `ECONNREFUSED`, `CHECK_FAILED`, `NOT_CHECKED`. */
  readonly error?: string;
};

/** How everything was when last checked. */
export type HealthSnapshot = {
  /** `down` when something critical is down, `degraded` when anything else is not up. */
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<string, HealthCheck>>;
};

/** Looks after its sources until it is stopped. */
export type HealthMonitor = {
  /** What the last checks found. Costs nothing and waits for nothing. */
  readonly snapshot: () => HealthSnapshot;
  /** Resolves when every source was checked once. Never rejects. */
  readonly firstRound: Promise<void>;
  /**
   * From now on these sources and no others; each is checked at once. Of a source whose name was there before, what was last found
   * holds until then.
   *
   * @returns when every one was checked once. Never rejects.
   */
  readonly watch: (sources: readonly HealthSource[]) => Promise<void>;
  readonly stop: () => void;
};

type Options = {
  readonly sources: readonly HealthSource[];
  readonly intervalMs: number;
  /** How long one check may take before it counts as down. */
  readonly timeoutMs: number;
  readonly clock?: Clock;
};

/**
 * Looks after every source in the background, so that asking for health puts no load on anything.
 *
 * Each source is checked at once and then every `intervalMs`; it has at most one check under way, so a source that hangs
 * is not piled upon. The timers do not keep the process alive.
 */
export const healthMonitor = ({
  sources: firstSources,
  intervalMs,
  timeoutMs,
  clock = systemClock,
}: Options): HealthMonitor => {
  let sources: readonly HealthSource[] = [];
  let latest: ReadonlyMap<string, HealthCheck> = new Map();
  const busy = new Set<HealthSource>();
  const stopping = new AbortController();

  const checkOne = async (source: HealthSource): Promise<void> => {
    if (busy.has(source)) return;
    busy.add(source);
    const startedAt = performance.now();
    const asked = new AbortController();
    const work = checkOf(source, asked.signal);
    const free = (): void => void busy.delete(source);
    // Not awaited: the next check of this source waits for a late one, but nothing else does.
    void work.then(free, free);
    const report = await inTime(work, asked, timeoutMs, stopping.signal);
    // It may have been replaced meanwhile, also by another one of the same name.
    if (!sources.includes(source)) return;
    const check = {
      isCritical: isCritical(source),
      responseTimeMs: Math.round(performance.now() - startedAt),
      checkedAt: clock.now().toISOString(),
      ...report,
    };
    latest = new Map([...latest].map(([name, known]) => [name, name === source.name ? check : known]));
  };
  const checkAll = async (): Promise<void> => void (await Promise.all(sources.map(checkOne)));
  const watch = async (next: readonly HealthSource[]): Promise<void> => {
    sources = next;
    latest = new Map(next.map((source) => [source.name, latest.get(source.name) ?? notChecked(source)]));
    if (!stopping.signal.aborted) await checkAll();
  };

  const firstRound = watch(firstSources);
  const timer = setInterval(() => void checkAll(), intervalMs);
  timer.unref();
  return {
    firstRound,
    watch,
    snapshot: () => snapshotOf(latest),
    stop: () => {
      clearInterval(timer);
      stopping.abort();
    },
  };
};

type Found = HealthReport & { readonly error?: string };

const isCritical = ({ isCritical: given = true }: HealthSource): boolean => given;

const checkOf = async (source: HealthSource, signal: AbortSignal): Promise<HealthReport> =>
  source.check(signal);

const notChecked = (source: HealthSource): HealthCheck => ({
  status: 'down',
  isCritical: isCritical(source),
  responseTimeMs: 0,
  checkedAt: null,
  error: 'NOT_CHECKED',
});

const inTime = async (
  work: Promise<HealthReport>,
  asked: AbortController,
  timeoutMs: number,
  stopping: AbortSignal,
): Promise<Found> => {
  let giveUp: (found: Found) => void = () => undefined;
  const late = new Promise<Found>((resolve) => {
    giveUp = resolve;
  });
  const timeOut = (): void => {
    giveUp({ status: 'down', error: 'TIMEOUT' });
    asked.abort();
  };
  const timer = setTimeout(timeOut, timeoutMs);
  timer.unref();
  stopping.addEventListener('abort', timeOut, { once: true });
  try {
    const { status, details, parts } = await Promise.race([work, late]);
    const isLate = asked.signal.aborted;
    return {
      status,
      ...(details && { details: harmless(details) }),
      ...(parts && { parts: parts.map(harmlessPart) }),
      ...(isLate && { error: 'TIMEOUT' }),
    };
  } catch (error) {
    return { status: 'down', error: asked.signal.aborted ? 'TIMEOUT' : codeOf(error) };
  } finally {
    clearTimeout(timer);
    stopping.removeEventListener('abort', timeOut);
  }
};

/** Codes are short words in capitals; an error's message may hold addresses and is never shown. */
const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,39}$/.test(code) ? code : 'CHECK_FAILED';
};

const harmless = (details: HealthDetails): HealthDetails =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'string' && /:\/\/|@/.test(value) ? '[hidden]' : value,
    ]),
  );

const harmlessPart = (part: HealthPart): HealthPart => ({
  ...part,
  ...(part.details && { details: harmless(part.details) }),
});

const snapshotOf = (latest: ReadonlyMap<string, HealthCheck>): HealthSnapshot => {
  const checks = [...latest.values()];
  const isDown = checks.some((check) => check.isCritical && check.status === 'down');
  const isUp = checks.every(({ status }) => status === 'up');
  return { status: isDown ? 'down' : isUp ? 'up' : 'degraded', checks: Object.fromEntries(latest) };
};
