import type { CompiledOperation } from './compile-operation.ts';
import {
  degradedFor,
  errorsFor,
  restored,
  type ExecutionResult,
  type ValidVariables,
} from './execution-result.ts';
import { degradedByPart } from './plan/degraded.ts';
import type { DeferredParts } from './plan/deferred-parts.ts';
import type { Execution } from './plan/execution.ts';
import { collectFailures, type EngineError, type Failures } from './plan/failures.ts';
import { partKey } from './planning/defer-labels.ts';
import { dataKeyOf } from './planning/restore.ts';
import { textOf } from './shape/json-sink.ts';
import type { DeferredPart, Search, Writing } from './shape/writing.ts';

/** Deferred parts that have become ready, at least one. */
export type IncrementalPayload = {
  readonly incremental: readonly DeferredResult[];
  readonly hasNext: boolean;
};

/** One deferred fragment on one object. */
export type DeferredResult = {
  readonly path: readonly (string | number)[];
  /** As the client gave it. */
  readonly label: string | undefined;
  /** The JSON text of `data`; `null` where a null went beyond the fragment. */
  readonly dataJson: string;
  /** Their paths begin at the root of the response. */
  readonly errors: readonly EngineError[];
  readonly problems: ExecutionResult['problems'];
  /** As of a whole answer; undefined for none. */
  readonly degraded?: ExecutionResult['degraded'];
};

/** Writes the parts of one answer, each when it has been fetched and what it belongs to has been written. */
export type Delivery = {
  /** What the plan tells about its parts. */
  readonly parts: DeferredParts;
  /** Writes what is not deferred. To be called once, when that has been fetched. */
  readonly deliver: (execution: Execution) => ExecutionResult & { readonly hasNext: boolean };
  readonly rest: () => AsyncGenerator<IncrementalPayload>;
  /** Ends `rest` with an error. */
  readonly fail: (cause: unknown) => void;
};

export const startDelivery = (operation: CompiledOperation, variables: ValidVariables): Delivery => {
  const progress = trackParts();
  const outbox = startOutbox();
  const introspected = operation.introspect?.(variables.given);
  let held: readonly HeldPart[] = [];
  let hasErrors = false;

  const write = (path: Search['path'], writeData: (writing: Writing) => void) => {
    const search: Search = { path: [...path], problems: [], deferred: [] };
    const introspection = introspected?.fields;
    const dataJson = textOf((sink) =>
      writeData({ sink, introspection, problemCount: 0, again: undefined, search }),
    );
    held = [...held, ...search.deferred.map((part) => ({ ...part, key: keyOf(part, operation) }))];
    return { dataJson, problems: search.problems };
  };

  const writeParts = (
    parts: readonly HeldPart[],
    errors: readonly EngineError[],
    degraded: ExecutionResult['degraded'] = [],
  ): readonly DeferredResult[] => {
    hasErrors ||= errors.length > 0;
    const errorsOf = byPart(parts, errors);
    const degradedOf = degradedByPart(
      degraded,
      parts.map(({ path }) => path),
    );
    return parts.map((part) => {
      const { dataJson, problems } = write([...part.path], part.write);
      const { path, label } = part;
      const own = degradedOf(path);
      return {
        path,
        label,
        dataJson,
        errors: errorsOf(part),
        problems: hasErrors ? [] : problems,
        ...(own.length > 0 && { degraded: own }),
      };
    });
  };

  /** Writes all that can be written; what is written may hold parts that can be too. */
  const settle = () => {
    for (;;) {
      const key = held.find((part) => progress.hasEnded(part.key))?.key;
      if (key === undefined) break;
      const ready = held.filter((part) => part.key === key);
      held = held.filter((part) => part.key !== key);
      const errors = progress.takeErrors(key).map((error) => restored(error, operation.restore));
      outbox.put(writeParts(ready, errors, degradedFor(operation, progress.takeDegraded(key))));
    }
    outbox.wake();
  };

  return {
    parts: {
      begin: progress.begin,
      end: (key) => {
        progress.end(key);
        settle();
      },
    },
    deliver: ({ root, failures }) => {
      const errors = errorsFor(operation, failures, introspected);
      hasErrors = errors.length > 0;
      const writeAll = operation.writerFor(variables.isTrue, 'later');
      const { dataJson, problems } = write([], (writing) => writeAll(root, writing));
      const hasNext = held.length > 0;
      settle();
      const degraded = degradedFor(operation, failures.degraded);
      return { dataJson, errors, problems: hasErrors ? [] : problems, degraded, hasNext };
    },
    rest: () => outbox.read(() => held.length > 0),
    fail: outbox.fail,
  };
};

type HeldPart = DeferredPart & { readonly key: string };

const keyOf = ({ ownLabel, path }: DeferredPart, { restore }: CompiledOperation): string =>
  partKey(
    ownLabel,
    path.map((each) => (typeof each === 'string' ? dataKeyOf(restore, each) : each)),
  );

/** An error belongs to the part that its path leads into; to the first when to none. */
const byPart = (parts: readonly HeldPart[], errors: readonly EngineError[]) => {
  const errorsByPath = new Map<string, EngineError[]>(parts.map(({ path }) => [JSON.stringify(path), []]));
  const [first] = errorsByPath.values();
  const depth = parts[0]?.path.length ?? 0;
  for (const error of errors) {
    const path = JSON.stringify(error.path?.slice(0, depth) ?? []);
    (errorsByPath.get(path) ?? first)?.push(error);
  }
  return ({ path }: HeldPart): readonly EngineError[] => errorsByPath.get(JSON.stringify(path)) ?? [];
};

/** Which parts are still being fetched. Of a part that no plan speaks of it is known when all others have ended. */
const trackParts = () => {
  const parts = new Map<string, { running: number; toldCount: number; readonly failures: Failures }>();
  let running = 0;
  return {
    begin: (key: string): Failures => {
      const part = parts.get(key) ?? { running: 0, toldCount: 0, failures: collectFailures() };
      parts.set(key, part);
      part.running += 1;
      running += 1;
      return part.failures;
    },
    end: (key: string): void => {
      const part = parts.get(key);
      if (part !== undefined) part.running -= 1;
      running -= 1;
    },
    hasEnded: (key: string): boolean => (parts.get(key)?.running ?? running) === 0,
    /** The errors of a part that have not been taken yet. */
    takeErrors: (key: string): readonly EngineError[] => {
      const part = parts.get(key);
      if (part === undefined) return [];
      const errors = part.failures.errors.slice(part.toldCount);
      part.toldCount += errors.length;
      return errors;
    },
    /** What a part has from memory and has not been taken yet. */
    takeDegraded: (key: string): Failures['degraded'] => {
      const part = parts.get(key);
      const degraded = part?.failures.degraded;
      if (part !== undefined) part.failures.degraded = undefined;
      return degraded;
    },
  };
};

/** What waits for its reader: as much as there are parts. What has come meanwhile is read at once. */
const startOutbox = () => {
  let ready: readonly DeferredResult[] = [];
  let broken: { readonly cause: unknown } | undefined;
  let wakeReader: (() => void) | undefined;
  const wake = () => wakeReader?.();
  const isEmpty = () => ready.length === 0 && broken === undefined;
  return {
    put: (results: readonly DeferredResult[]) => {
      ready = [...ready, ...results];
    },
    wake,
    fail: (cause: unknown) => {
      broken = { cause };
      wake();
    },
    read: async function* (hasMore: () => boolean): AsyncGenerator<IncrementalPayload> {
      while (ready.length > 0 || hasMore()) {
        while (isEmpty()) {
          await new Promise<void>((resolve) => {
            wakeReader = resolve;
          });
        }
        if (broken !== undefined) throw broken.cause;
        const incremental = ready;
        ready = [];
        yield { incremental, hasNext: hasMore() };
      }
    },
  };
};
