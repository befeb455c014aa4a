import { positionsAt, type ResponsePath } from './cursor.ts';
import type { EntityBatch } from './entity-batch.ts';
import type { Execution } from './execution.ts';
import { pathsOf, placesMax, type Failures } from './failures.ts';
import type { FetchAnswer } from './fetch.port.ts';
import { isJsonObject } from './json-object.ts';

/** What one subgraph said earlier and not now, and where it stands in the response. */
export type Degraded = {
  readonly service: string;
  /** Of the oldest of it. */
  readonly ageMs: number;
  /** Each once, at most `placesMax`. */
  readonly paths: readonly ResponsePath[];
  /** It stands at more places than `paths` says. */
  readonly hasMorePaths: boolean;
};

type Age = FetchAnswer['degraded'];

/** Notes that root fields come from memory, as far as they do. */
export const noteDegradedFields = (
  failures: Failures,
  service: string,
  age: Age,
  paths: () => readonly ResponsePath[],
): void => {
  if (age !== undefined) failures.degraded = joined(failures.degraded, { service, ...age, paths: paths() });
};

/** Notes which entities come from memory, as far as they do. */
export const noteDegradedEntities = (
  { root, failures }: Execution,
  service: string,
  age: Age,
  { places }: EntityBatch,
  entities: readonly unknown[],
): void => {
  if (age === undefined) return;
  const paths = places.flatMap(({ cursor, targets, indexes }) => {
    const filled = targets.filter((_, position) => isJsonObject(entities[indexes[position] ?? 0]));
    return pathsOf(positionsAt(root, cursor.path), filled);
  });
  failures.degraded = joined(failures.degraded, { service, ...age, paths });
};

/** One for each subgraph: there are never more of them than of those. */
const joined = (all: readonly Degraded[] = [], more: Omit<Degraded, 'hasMorePaths'>): readonly Degraded[] => {
  const known = all.find(({ service }) => service === more.service);
  const byText = new Map(
    [...(known?.paths ?? []), ...more.paths].map((path) => [JSON.stringify(path), path]),
  );
  const own: Degraded = {
    service: more.service,
    ageMs: Math.max(known?.ageMs ?? 0, more.ageMs),
    paths: [...byText.values()].slice(0, placesMax),
    hasMorePaths: known?.hasMorePaths === true || byText.size > placesMax,
  };
  return [...all.filter((each) => each !== known), own];
};

/**
 * What of it belongs to a part of the response, by the place of the part; what belongs to none, to the first. Where not all
 * places are known, every part may have some of it.
 */
export const degradedByPart = (
  all: readonly Degraded[],
  parts: readonly ResponsePath[],
): ((part: ResponsePath) => readonly Degraded[]) => {
  const leads = (part: ResponsePath, path: ResponsePath) => part.every((element, at) => element === path[at]);
  return (part) =>
    all.flatMap((each) => {
      const isFirst = part === parts[0];
      const paths = each.paths.filter(
        (path) => leads(part, path) || (isFirst && !parts.some((other) => leads(other, path))),
      );
      return paths.length > 0 || each.hasMorePaths ? [{ ...each, paths }] : [];
    });
};
