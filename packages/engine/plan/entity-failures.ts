import { positionsAt } from './cursor.ts';
import type { EntityBatch, Place } from './entity-batch.ts';
import type { Execution } from './execution.ts';
import { pathsOf } from './failures.ts';
import { pathOf } from './fetch-call.ts';
import type { SubgraphError } from './fetch.port.ts';
import type { JsonObject } from './json-object.ts';

/** `_entities.2.name` is told wherever the third representation came from; what names no entity, once at each place. */
export const reportEach = (
  { root, failures }: Execution,
  batch: EntityBatch,
  answer: {
    readonly service: string;
    readonly errors: readonly SubgraphError[];
    readonly renamed: ReadonlyMap<unknown, string>;
  },
): void => {
  const places = batch.places.map((place) => ({ place, positions: positionsAt(root, place.cursor.path) }));
  for (const error of answer.errors) {
    const [first, index, ...rest] = pathOf(error, answer.renamed) ?? [];
    const isOfOne = first === '_entities' && typeof index === 'number' && index in batch.json;
    const paths = places.flatMap(({ place, positions }) =>
      isOfOne ? pathsOf(positions, targetsOf(place, index)) : pathsOf(positions, place.targets).slice(0, 1),
    );
    if (paths.length === 0) failures.ofSubgraph(answer.service, error);
    for (const path of paths) failures.ofSubgraph(answer.service, error, [...path, ...rest]);
  }
};

/** A call that failed is told at every entity that it was about. */
export const reportAll = (
  { root, failures }: Execution,
  { places }: EntityBatch,
  service: string,
  cause: unknown,
): void => {
  for (const { cursor, targets } of places) {
    failures.ofCall(service, cause, pathsOf(positionsAt(root, cursor.path), targets));
  }
};

const targetsOf = ({ targets, indexes }: Place, index: number): readonly JsonObject[] =>
  targets.filter((_, position) => indexes[position] === index);
