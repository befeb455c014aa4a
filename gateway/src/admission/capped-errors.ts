import { admissionErrors } from './admission.errors.ts';

export type ErrorLimits = {
  /** Errors in one answer. */
  readonly count: number;
  /** Bytes of their JSON, in UTF-8. */
  readonly bytes: number;
};

/** A list of 10,000 items with a failing field each would otherwise answer with megabytes of errors. */
export const defaultErrorLimits: ErrorLimits = { count: 100, bytes: 65_536 };

type Listed = { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> };

/**
 * The errors of one answer within the limits: the first ones, in their order, then one `ERRORS_OMITTED` that says how
 * many there are altogether. That one comes on top of both limits.
 *
 * Looks at no more errors than it keeps, and one.
 */
export const cappedErrors = <Each extends object>(
  errors: readonly Each[],
  limits: ErrorLimits = defaultErrorLimits,
): readonly (Each | Listed)[] => {
  let bytes = 0;
  let kept = 0;
  while (kept < errors.length && kept < limits.count) {
    bytes += Buffer.byteLength(JSON.stringify(errors[kept]) ?? '');
    if (bytes > limits.bytes) break;
    kept += 1;
  }
  if (kept === errors.length) return errors;
  const { message, retryable } = admissionErrors.definitions.ERRORS_OMITTED;
  const extensions = { code: 'ERRORS_OMITTED', retryable, errors: errors.length, listed: kept };
  return [...errors.slice(0, kept), { message, extensions }];
};
