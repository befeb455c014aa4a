import { AppError } from '@saas/kernel';
import { localStackErrors } from './local-stack.errors.ts';

/** What a fault proxy does to a call. */
export type Fault =
  /** Every call passes. */
  | { readonly kind: 'none' }
  | { readonly kind: SureFault }
  /** Of the calls, this share from 0 to 1 is answered with a 500; the others pass. */
  | { readonly kind: 'errors'; readonly share: number }
  /** Every call waits this long before it passes. */
  | { readonly kind: 'latency'; readonly ms: number };

/** Done to every call. */
export type SureFault = (typeof sureFaults)[number];

const sureFaults = [
  /** The call is read and never answered. */
  'hang',
  /** The connection is torn down (TCP RST) when the call has been read. */
  'reset',
  /** A web server's error page, status 500. */
  '500',
  /** The real answer, a byte at a time: it never becomes silent, and takes for ever. */
  'slow-drip',
  /** Status 200, and JSON that breaks off in the middle. */
  'bad-json',
  /** Status 200, and JSON that does not end before 64 MiB. */
  'huge-body',
  /** Status 307 to where the call should have gone. */
  'redirect',
] as const;

/** Every way to write a fault, for usage lines. */
export const faultForms: readonly string[] = [...sureFaults, 'errors=10%', 'latency=200ms', 'none'];

const LATENCY_MS_MAX = 600_000;

/**
 * Reads a fault as people write it: `hang`, `errors=10%`, `latency=200ms`.
 *
 * @throws {AppError} `FAULT_UNKNOWN`; its message says what there is.
 */
export const parseFault = (text: string): Fault => {
  if (text === 'none') return { kind: text };
  const sure = sureFaults.find((each) => each === text);
  if (sure !== undefined) return { kind: sure };
  const percent = amountIn(/^errors=(\d{1,3}(?:\.\d{1,3})?)%$/, text);
  if (percent !== undefined && percent <= 100) return { kind: 'errors', share: percent / 100 };
  const ms = amountIn(/^latency=(\d{1,6})ms$/, text);
  if (ms !== undefined && ms <= LATENCY_MS_MAX) return { kind: 'latency', ms };
  const { FAULT_UNKNOWN: definition } = localStackErrors.definitions;
  const message = `There is no fault "${text}". There are ${faultForms.join(', ')}.`;
  throw new AppError('FAULT_UNKNOWN', { ...definition, message });
};

/** As {@link parseFault} reads it. */
export const formatFault = (fault: Fault): string => {
  if (fault.kind === 'errors') return `errors=${Number((fault.share * 100).toFixed(3))}%`;
  return fault.kind === 'latency' ? `latency=${fault.ms}ms` : fault.kind;
};

const amountIn = (form: RegExp, text: string): number | undefined => {
  const found = form.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};
