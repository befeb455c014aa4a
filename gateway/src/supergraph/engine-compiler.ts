import {
  compileOperation,
  planningConditions,
  preparePlanning,
  schemaFacts,
  type CompiledOperation,
  type SchemaFacts,
} from '@saas/engine';
import type { PlanCompiler } from './plan-compiler.port.ts';

/** Our own engine, for generations. */
export const engineCompiler: PlanCompiler<SchemaFacts, CompiledOperation> = {
  factsOf: schemaFacts,
  conditionsOf: planningConditions,
  prepare: (facts, { document, documentToPlan, operationName, conditionValues }) => {
    const prepared = preparePlanning(facts, documentToPlan, operationName, conditionValues);
    const { restore } = prepared;
    return {
      documentToPlan: prepared.documentToPlan,
      compile: (plan) => compileOperation(facts, { plan, document, operationName, restore }),
    };
  },
};
