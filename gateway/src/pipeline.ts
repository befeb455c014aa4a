import type { VerifiedAccess, Viewer } from '@saas/auth';
import type { Logger, PlainLines } from '@saas/telemetry';
import type { ErrorLimits } from './admission/capped-errors.ts';
import type { CostLimits } from './admission/operation-cost.ts';
import type { AuthorizerOptions } from './authorization/authorizer.ts';
import type { Execute } from './execution/execute.port.ts';
import type { ServingGeneration, ServingGenerations } from './execution/serving-generation.ts';
import { answerOperations } from './http/answer-operations.ts';
import type { HttpReply, HttpRequest } from './http/http-exchange.ts';
import type { AdmittedOperations } from './operations/admitted-operations.ts';
import type { OperationReply, OperationRequest } from './operations/operation-exchange.ts';
import type { OverloadControl } from './overload/overload-control.ts';
import { useAccessLog } from './stages/access-log.ts';
import { useAuthenticate } from './stages/authenticate.ts';
import { useAuthorize } from './stages/authorize.ts';
import { useBody } from './stages/body.ts';
import { useConsistency } from './stages/consistency.ts';
import { useCost } from './stages/cost.ts';
import { useDeadline } from './stages/deadline.ts';
import { useDocument } from './stages/document.ts';
import { executeOperation } from './stages/execute.ts';
import { useNegotiate } from './stages/negotiate.ts';
import { useOverload } from './stages/overload.ts';
import { useRequestId } from './stages/request-id.ts';
import { useRespond } from './stages/respond.ts';
import { composeStages, type Handler } from './stages/stage.ts';
import { useValidate } from './stages/validate.ts';
import type { FallbackRules } from './upstream/fallback-rules.ts';
import type { SessionTokens } from './upstream/session-tokens.ts';

type OperationOptions = AdmittedOperations & {
  readonly verify: ((token: string) => Promise<VerifiedAccess>) | undefined;
  readonly sessionTokens: SessionTokens;
  /** Undefined where nothing is refused for being too much. */
  readonly overload: OverloadControl | undefined;
  readonly generations: ServingGenerations;
  readonly costs: CostLimits;
  readonly authorization: AuthorizerOptions;
  readonly errors: ErrorLimits;
  readonly execute: Execute;
  readonly identitiesOf: (viewer: Viewer) => (subgraph: string) => string | undefined;
  readonly fallbackOf: ((generation: ServingGeneration) => FallbackRules) | undefined;
};

type HttpOptions = {
  readonly logger: Logger;
  readonly accessLog: PlainLines;
  readonly answer: Handler<OperationRequest, OperationReply>;
  readonly requestDeadlineMs: number;
  readonly bodyBytesMax: number;
  readonly bodyValuesMax: number;
  readonly batchMax: number;
  readonly csrfPrevention: boolean;
};

/**
 * What happens to every HTTP request, in order; the only place that says so.
 *
 * "respond" stands right behind the log, so that a refusal by any later stage is logged with its status.
 */
export const httpPipeline = (options: HttpOptions): Handler<HttpRequest, HttpReply> =>
  composeStages(
    [
      useRequestId(options),
      useAccessLog(options),
      useRespond(),
      useDeadline(options),
      useNegotiate(options),
      useBody(options),
    ],
    answerOperations(options),
  );

/**
 * What happens to every operation, in order, whatever transport it came by.
 *
 * The document is admitted before the token is verified: it costs less, and is bounded. What is too much is refused as soon as it is
 * known whose it is; while that happens often, most of it is turned away before all of this, by the door of the HTTP server.
 * Everything from "validate" on happens on one generation of the supergraph.
 */
export const operationPipeline = (options: OperationOptions): Handler<OperationRequest, OperationReply> =>
  composeStages(
    [useDocument(options), useAuthenticate(options), useOverload(options), useConsistency(options)],
    useValidate(options, composeStages([useCost(options), useAuthorize(options)], executeOperation(options))),
  );
