import { isAppError } from '@saas/kernel';
import type { Position, ResponsePath } from './cursor.ts';
import type { JsonObject } from './json-object.ts';
import type { Degraded } from './degraded.ts';
import type { SubgraphError } from './fetch.port.ts';

/** A failure as the engine knows it. What of it a client may read is for the gateway to say. */
export type EngineError = {
  readonly message: string;
  readonly path?: ResponsePath;
  readonly code?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly service?: string;
  readonly cause?: unknown;
};

/** Everything that went wrong in one execution, in the order of its discovery, up to `errorsMax`. */
export type Failures = {
  readonly errors: readonly EngineError[];
  /** What did not fail only because something older was known; undefined as long as there is none. */
  degraded: readonly Degraded[] | undefined;
  /** An error that a subgraph answered with. */
  readonly ofSubgraph: (service: string, error: SubgraphError, path?: ResponsePath) => void;
  /** A call that failed, once for each place that it would have filled. */
  readonly ofCall: (service: string, cause: unknown, paths: readonly ResponsePath[]) => void;
};

/** More errors than a person will read. A list of a thousand entities fails with one cause, not with a thousand. */
export const errorsMax = 1_000;
/** One failed call is reported at no more places than this. */
export const placesMax = 100;

/** The code of a subgraph's error that has none, and of a failed call whose failure has none. */
export const defaultCode = 'DOWNSTREAM_SERVICE_ERROR';

export const collectFailures = (): Failures => {
  const errors: EngineError[] = [];
  const add = (error: EngineError): void => {
    if (errors.length < errorsMax) errors.push(error);
  };
  return {
    errors,
    degraded: undefined,
    ofSubgraph: (service, error, path) => {
      const { code, ...rest } = error.extensions ?? {};
      add({
        message: typeof error.message === 'string' ? error.message : `Service ${service} failed.`,
        ...(path && { path }),
        code: typeof code === 'string' ? code : defaultCode,
        ...(Object.keys(rest).length > 0 && { extensions: rest }),
        service,
      });
    },
    ofCall: (service, cause, paths) => {
      const error = {
        message: cause instanceof Error ? cause.message : `Service ${service} could not be asked.`,
        code: isAppError(cause) ? cause.code : defaultCode,
        service,
        cause,
      };
      if (paths.length === 0) add(error);
      for (const path of paths.slice(0, placesMax)) add({ ...error, path });
    },
  };
};

/** Where objects stand, in the order of the response. */
export const pathsOf = (
  positions: ReadonlyMap<JsonObject, readonly Position[]>,
  objects: readonly JsonObject[],
): readonly ResponsePath[] =>
  [...new Set(objects)]
    .flatMap((object) => positions.get(object) ?? [])
    .toSorted((left, right) => left.place - right.place)
    .map(({ path }) => path);
