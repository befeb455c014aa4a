import {
  compileOperation,
  preparePlanning,
  schemaFacts,
  type CompiledOperation,
  type SchemaFacts,
} from '@saas/engine';
import type { PlanCompiler } from './plan-compiler.port.ts';

/** Our own engine, for generations. */
export const engineCompiler: PlanCompiler<SchemaFacts, CompiledOperation> = {
  factsOf: schemaFacts,
  prepare: (facts, document, operationName) => {
    const { documentToPlan, restore } = preparePlanning(facts, document, operationName);
    return {
      documentToPlan,
      compile: (plan) => compileOperation(facts, { plan, document, operationName, restore }),
    };
  },
};
