import type { VerifiedAccess } from '@saas/auth';
import type { DocumentCache } from './operations/document-cache.ts';
import type { OperationRequest } from './operations/operation-id.ts';
import type { OperationSource } from './operations/operation-source.ts';
import { useAccessLog } from './stages/access-log.ts';
import { useAuthenticate } from './stages/authenticate.ts';
import { useBody } from './stages/body.ts';
import { useConsistency } from './stages/consistency.ts';
import { useDeadline } from './stages/deadline.ts';
import { useOperation } from './stages/operation.ts';
import { useRequestId } from './stages/request-id.ts';
import { useRespond } from './stages/respond.ts';
import { composeStages, type Handler } from './stages/stage.ts';
import type { SessionTokens } from './upstream/session-tokens.ts';

type Options = {
  readonly requestDeadlineMs: number;
  readonly bodyBytesMax: number;
  readonly sourceOf: (request: OperationRequest) => Promise<OperationSource>;
  readonly documents: DocumentCache;
  readonly variablesNestingMax: number;
  readonly verify: (token: string) => Promise<VerifiedAccess>;
  readonly sessionTokens: SessionTokens;
  /** The innermost stage: validate, plan, execute. */
  readonly execute: Handler;
};

/**
 * What happens to every request, in order; the only place that says so.
 *
 * "respond" stands right behind the log, so that a refusal by any later stage is logged with its status. The body is read
 * before the token is verified, and the operation admitted: both cost less, and are bounded.
 */
export const pipeline = (options: Options): Handler =>
  composeStages(
    [
      useRequestId(),
      useAccessLog(),
      useRespond(),
      useDeadline(options),
      useBody(options),
      useOperation(options),
      useAuthenticate(options),
      useConsistency(options),
    ],
    options.execute,
  );
