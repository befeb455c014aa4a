import { assertNever } from '@saas/kernel';
import fc from 'fast-check';
import type { FetchAnswer } from '@saas/engine';
import type { AskSubgraph, Call } from '../gateways/answer.ts';
import { canonical, hashOf } from '../world/hash.ts';
import type { Fails } from '../world/world.ts';

/** What goes wrong, decided by a number: the same for both gateways, whatever they ask and in which order. */
export type Failures = {
  readonly kind: 'fields' | 'any fields' | 'subgraph down' | 'entities missing' | 'wrong types';
  readonly seed: number;
};

export const randomFailures: fc.Arbitrary<Failures> = fc.record({
  kind: fc.constantFrom('fields', 'any fields', 'subgraph down', 'entities missing', 'wrong types'),
  seed: fc.nat(10_000),
});

const isHit = (sharePercent: number, ...parts: readonly (string | number)[]): boolean =>
  hashOf(...parts) % 100 < sharePercent;

/** Keys never fail: without them nothing can be said about an entity. */
export const failingFields = ({ kind, seed }: Failures): Fails => {
  if (kind !== 'fields' && kind !== 'any fields') return () => false;
  return ({ identity }, fieldName, { isKey, isNullable }) =>
    !isKey && (isNullable || kind === 'any fields') && isHit(12, seed, identity, fieldName);
};

/** Stands between a gateway and the subgraphs. */
export const failingSubgraphs = ({ kind, seed }: Failures, subgraphs: AskSubgraph): AskSubgraph => {
  switch (kind) {
    case 'fields':
    case 'any fields':
      return subgraphs;
    case 'subgraph down':
      return async (call) => {
        if (isHit(40, seed, call.service)) throw new Error(`${call.service} is down`);
        return subgraphs(call);
      };
    case 'entities missing':
      return async (call) => withoutEntities(call, await subgraphs(call), seed);
    case 'wrong types':
      return async (call) => {
        const answer = await subgraphs(call);
        return { ...answer, data: withWrongTypes(answer.data, call.service, seed) };
      };
    default:
      return assertNever(kind);
  }
};

const withoutEntities = ({ variables }: Call, answer: FetchAnswer, seed: number): FetchAnswer => {
  const { representations } = variables;
  const { data } = answer;
  if (!Array.isArray(representations) || typeof data !== 'object' || data === null) return answer;
  const entities = new Map<string, unknown>(Object.entries(data)).get('_entities');
  if (!Array.isArray(entities)) return answer;
  const missing = representations.map((each) => isHit(30, seed, canonical(identifying(each))));
  const errors = missing.flatMap((isMissing, index) =>
    isMissing
      ? [{ message: 'no such entity', path: ['_entities', index], extensions: { code: 'GONE' } }]
      : [],
  );
  return {
    data: { _entities: entities.map((entity: unknown, index) => (missing[index] ? null : entity)) },
    errors: [...(answer.errors ?? []), ...errors],
  };
};

/** Only what tells entities apart: gateways may tell more or less of the same one. */
export const identifying = (representation: object): unknown =>
  Object.entries(representation).flatMap(([key, value]) =>
    ['id', 'code', 'plate', 'sku', 'row', 'number'].includes(key) ? [[key, value]] : [],
  );

/** Some texts and numbers become what their types do not allow. */
const withWrongTypes = (value: unknown, service: string, seed: number): unknown => {
  if (Array.isArray(value)) return value.map((item) => withWrongTypes(item, service, seed));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        key === '__typename' ? each : withWrongTypes(each, service, seed),
      ]),
    );
  }
  if (typeof value !== 'number' || !isHit(20, seed, service, value)) return value;
  return isHit(50, seed, value) ? { wrong: value } : `not ${value}`;
};
