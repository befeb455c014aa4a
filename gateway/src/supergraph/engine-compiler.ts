import {
  compileOperation,
  planningConditions,
  preparePart,
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
  prepare: (facts, { document, documentToPlan: part, operationName, conditionValues }) => {
    const { documentToPlan, restore } =
      part === document
        ? preparePlanning(facts, document, operationName, conditionValues)
        : preparePart(facts, { document, part, operationName, conditionValues });
    return {
      documentToPlan,
      compile: (plan) => compileOperation(facts, { plan, document, part, operationName, restore }),
    };
  },
};
