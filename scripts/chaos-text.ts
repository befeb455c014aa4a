import { formatFault, type Fault } from '@saas/local-stack';
import type { ChaosOutcome, ChaosPlan, ChaosProgress } from './chaos-run.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
export const FOR_MS_MAX = 24 * 3_600_000;

/** `30s`, `1500ms`, `5m`, `1h` in milliseconds; undefined when it is no such time, is nothing, or is over a day. */
export const durationMs = (text: string): number | undefined => {
  const [, amount, unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(amount) * (UNITS[unit] ?? Number.NaN);
  return ms > 0 && ms <= FOR_MS_MAX ? ms : undefined;
};

/** What it will do, said before anything happens to a call. */
export const planLines = ({ subgraph, fault, forMs }: ChaosPlan, url: string): readonly string[] => [
  `Calls to ${subgraph} (${url}) go through a fault proxy for ${seconds(forMs)}.`,
  `Each call ${whatHappens(fault)}.`,
  'Ctrl-C ends it; so does whatever ends this command.',
];

/** How far it is. */
export const progressLine = ({ calls, faults, inFlight, elapsedMs }: ChaosProgress, forMs: number): string =>
  `${seconds(Math.max(0, forMs - elapsedMs)).padStart(8)} left   calls ${calls}   faults ${faults}   in flight ${inFlight}`;

/** What it was, in the end. */
export const outcomeLines = (
  { subgraph, fault, forMs }: ChaosPlan,
  { calls, faults, elapsedMs, url, end }: ChaosOutcome,
): readonly string[] => {
  const row = (name: string, value: string) => `  ${name.padEnd(10)}${value}`;
  const early = end === 'stopped' ? ` of ${seconds(forMs)} (stopped)` : ` of ${seconds(forMs)}`;
  const rate = elapsedMs < 1 ? 0 : calls / (elapsedMs / 1_000);
  return [
    row('Subgraph', subgraph),
    row('Fault', formatFault(fault)),
    row('Lasted', `${seconds(elapsedMs)}${end === 'on time' ? '' : early}`),
    row('Calls', `${calls} (${rate.toFixed(1)} a second)`),
    row('Faults', `${faults}${calls === 0 ? '' : ` (${((faults / calls) * 100).toFixed(1)} %)`}`),
    row('Now', end === 'gateway left' ? 'the gateway is gone' : `calls go to ${url} again`),
    ...(calls === 0
      ? [`  Nobody needed ${subgraph} meanwhile: send the gateway requests while a fault lasts.`]
      : []),
  ];
};

const whatHappens = (fault: Fault): string => {
  if (fault.kind === 'errors')
    return `is answered with a 500 by chance, ${formatFault(fault).slice(7)} of them`;
  if (fault.kind === 'latency') return `waits ${fault.ms} ms before it passes`;
  return effects[fault.kind];
};

const effects: Readonly<Record<Exclude<Fault['kind'], 'errors' | 'latency'>, string>> = {
  none: 'passes unharmed',
  hang: 'is read and never answered',
  reset: 'has its connection torn down',
  '500': 'is answered with a 500 and a page of HTML',
  'slow-drip': 'is answered a byte at a time, ten a second',
  'bad-json': 'is answered with JSON that breaks off',
  'huge-body': 'is answered with 64 MiB of JSON',
  redirect: 'is answered with a 307 to the subgraph itself',
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
