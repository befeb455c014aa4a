import type { DeferredResult, ExecutionResult, IncrementalPayload } from '@saas/engine';
import type { RequestLogger } from '@saas/telemetry';
import { cappedErrors, type ErrorLimits } from '../admission/capped-errors.ts';
import type { ClientError } from '../http/to-client-error.ts';
import { clientErrors } from './client-errors.ts';

/** What writing an answer needs to know of the request. */
export type Answering = {
  readonly logger: RequestLogger;
  readonly limits: ErrorLimits;
  /** What the gateway itself has to say, before all others. */
  readonly own: readonly ClientError[];
  /** Null where the schema allows none is a mistake; not so when a part of the operation was kept from the client. */
  readonly isWhole: boolean;
};

/** The errors of one result, as its client may see them. */
export const toldErrors = (
  { errors, problems }: Pick<ExecutionResult, 'errors' | 'problems'>,
  { logger, own, isWhole }: Answering,
): readonly ClientError[] => {
  const misfits = isWhole ? problems : [];
  if (errors.length + misfits.length === 0) return own;
  return [...own, ...clientErrors(errors, misfits, logger)];
};

/** One execution result as JSON text; errors go first, as the specification recommends, and are bounded. */
export const answerJson = (
  dataJson: string,
  errors: readonly ClientError[],
  { limits, degraded }: { readonly limits: ErrorLimits; readonly degraded: ExecutionResult['degraded'] },
): string => {
  const data = `"data":${dataJson}${extensionsJson(degraded)}`;
  return errors.length === 0 ? `{${data}}` : `{${errorsJson(errors, limits)},${data}}`;
};

/**
 * The parts of an answer: the first one, then what was deferred, as it comes. Whatever happens, the last part says that it is
 * the last.
 */
export const answerParts = async function* (
  first: string,
  rest: AsyncIterable<IncrementalPayload>,
  answering: Answering,
): AsyncGenerator<string> {
  yield `${first.slice(0, -1)},"hasNext":true}`;
  const later = { ...answering, own: [] };
  try {
    for await (const { incremental, hasNext } of rest) {
      const parts = incremental.map((part) => partJson(part, later));
      yield `{"incremental":[${parts.join(',')}],"hasNext":${hasNext}}`;
    }
  } catch (cause) {
    const told = toldErrors({ errors: [{ message: '', cause }], problems: [] }, later);
    yield `{"incremental":[{${errorsJson(told, answering.limits)},"path":[],"data":null}],"hasNext":false}`;
  }
};

const partJson = (part: DeferredResult, answering: Answering): string => {
  const { path, label, dataJson, degraded } = part;
  const told = toldErrors(part, answering);
  const errors = told.length === 0 ? '' : `${errorsJson(told, answering.limits)},`;
  const labelled = label === undefined ? '' : `"label":${JSON.stringify(label)},`;
  return `{${errors}${labelled}"path":${JSON.stringify(path)},"data":${dataJson}${extensionsJson(degraded)}}`;
};

/** Says what of an answer subgraphs did not say now, but earlier. */
const extensionsJson = (degraded: ExecutionResult['degraded']): string => {
  if (degraded === undefined) return '';
  const told = degraded.map(({ service, paths, hasMorePaths, ageMs }) => ({
    subgraph: service,
    paths,
    ...(hasMorePaths && { morePaths: true }),
    ageMs,
  }));
  return `,"extensions":{"degraded":${JSON.stringify(told)}}`;
};

const errorsJson = (errors: readonly ClientError[], limits: ErrorLimits): string =>
  `"errors":${JSON.stringify(cappedErrors(errors, limits))}`;
