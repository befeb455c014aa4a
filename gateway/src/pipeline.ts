import type { VerifiedAccess } from '@saas/auth';
import { useAccessLog } from './stages/access-log.ts';
import { useAuthenticate } from './stages/authenticate.ts';
import { useBody } from './stages/body.ts';
import { useConsistency } from './stages/consistency.ts';
import { useDeadline } from './stages/deadline.ts';
import { useRequestId } from './stages/request-id.ts';
import { useRespond } from './stages/respond.ts';
import { composeStages, type Handler } from './stages/stage.ts';
import type { SessionTokens } from './upstream/session-tokens.ts';

type Options = {
  readonly requestDeadlineMs: number;
  readonly bodyBytesMax: number;
  readonly verify: (token: string) => Promise<VerifiedAccess>;
  readonly sessionTokens: SessionTokens;
  /** The innermost stage: validate, plan, execute. */
  readonly execute: Handler;
};

/**
 * What happens to every request, in order; the only place that says so.
 *
 * "respond" stands right behind the log, so that a refusal by any later stage is logged with its status. The body is read
 * before the token is verified: reading costs less, and is bounded.
 */
export const pipeline = (options: Options): Handler =>
  composeStages(
    [
      useRequestId(),
      useAccessLog(),
      useRespond(),
      useDeadline(options),
      useBody(options),
      useAuthenticate(options),
      useConsistency(options),
    ],
    options.execute,
  );
