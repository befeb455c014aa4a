export { admissionErrors } from './admission/admission.errors.ts';
export { authorizationErrors } from './authorization/authorization.errors.ts';
export { chaosErrors } from './chaos/chaos.errors.ts';
export type { ChaosAnswer, ChaosQuestion } from './chaos/chaos-session.ts';
export { admitDocument } from './admission/admit-document.ts';
export { defaultOperationLimits, type OperationLimits } from './admission/operation-limits.ts';
export { parseDocument } from './admission/parse-document.ts';
export { supergraphGateway, type GatewayInterface } from './execution/supergraph-gateway.ts';
export { gatewayErrors } from './gateway.errors.ts';
export { readGatewayConfig, type GatewayConfig } from './gateway.config.ts';
export { callSettingsOf, defaultGatewayYaml } from './gateway-yaml.ts';
export { httpErrors } from './http/http.errors.ts';
export { protocolErrors } from './http/protocol.errors.ts';
export { operationsErrors } from './operations/operations.errors.ts';
export { buildGeneration } from './supergraph/build-generation.ts';
export { engineCompiler } from './supergraph/engine-compiler.ts';
export { planningSupergraph } from './supergraph/planning-supergraph.ts';
export type { Planner } from './supergraph/planner.ts';
export {
  composeSupergraph,
  type ComposedSupergraph,
  type SubgraphSchema,
} from './supergraph/compose-supergraph.ts';
export { loadSubgraphs, type LoadedSubgraphs } from './supergraph/load-subgraphs.ts';
export {
  loadSupergraph,
  subgraphsOf,
  type Supergraph,
  type SubgraphAddress,
} from './supergraph/load-supergraph.ts';
export { nullabilityProblems } from './supergraph/nullability.ts';
export {
  describeProblem,
  SupergraphError,
  supergraphErrors,
  type SupergraphProblem,
} from './supergraph/supergraph.errors.ts';
export { supergraphChoiceOf, type SupergraphChoice } from './supergraph/supergraph.config.ts';
export { breakers } from './upstream/breakers.ts';
export { callMeters } from './upstream/call-meter.ts';
export { openClient } from './upstream/open-client.ts';
export { tokenKeeper } from './upstream/token-keeper.ts';
export { upstreamErrors } from './upstream/upstream.errors.ts';
export { startGateway, type Gateway } from './wiring.ts';
