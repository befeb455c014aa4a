import type { ConditionValues, ReadConditions } from './plan-compiler.port.ts';

export type PlanKey = {
  readonly key: string;
  /** Undefined when the plan is the same for all variables. */
  readonly conditionValues: ConditionValues | undefined;
};

type Variables = Readonly<Record<string, unknown>>;

/**
 * Under which keys plans are kept. Most operations have one plan; of a few, the plan depends on the values of conditions, and there
 * is one for each combination of them. Remembers these few, so that the others cost nothing.
 */
export class PlanKeys {
  readonly #conditional = new Map<string, ReadConditions>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** Of an operation that was learned to depend on conditions; undefined for any other. */
  of(key: string, variables: Variables): PlanKey | undefined {
    const conditions = this.#conditional.get(key);
    return conditions && keyWith(key, conditions(variables));
  }

  /** @param conditions what its plan depends on, if anything. */
  learn(key: string, conditions: ReadConditions | undefined, variables: Variables): PlanKey {
    if (conditions === undefined) return { key, conditionValues: undefined };
    this.#conditional.set(key, conditions);
    const [oldest] = this.#conditional.keys();
    if (this.#conditional.size > this.#entriesMax && oldest !== undefined) this.#conditional.delete(oldest);
    return keyWith(key, conditions(variables));
  }
}

const keyWith = (key: string, conditionValues: ConditionValues): PlanKey => ({
  key: `${key} ${JSON.stringify(conditionValues)}`,
  conditionValues,
});
