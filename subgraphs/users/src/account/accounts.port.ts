import type { Clock, TenantId, UserId } from '@saas/kernel';
import type { Claim, ConsistencyToken, EventStore } from '@saas/event-sourcing';
import type { AuthenticatedViewer } from '@saas/auth';
import type { Settlement } from '../directory/settlement.process.ts';
import type { KnownAccount } from './account.decider.ts';
import type { Passwords } from './passwords.port.ts';

/** What changing accounts stands on. */
export type AccountsOptions = {
  readonly store: EventStore;
  readonly settlement: Settlement;
  readonly passwords: Passwords;
  readonly clock: Clock;
  /** An active owner of the tenant other than this user, when there is one. */
  readonly findOtherOwner: (tenantId: TenantId, userId: UserId) => Promise<UserId | undefined>;
  /** Makes the access tokens of sessions that the account no longer stands behind worthless. */
  readonly denySessions: (account: KnownAccount) => Promise<void>;
};

/** What every command carries: on whose behalf, in the course of what, and what the caller promises and expects. */
export type Asked = {
  readonly viewer: AuthenticatedViewer;
  readonly requestId: string;
  readonly traceparent?: string;
  readonly claim?: Claim | undefined;
  readonly expectedVersion?: number | undefined;
  /** When the caller's patience ends, on `performance.now()`'s clock. */
  readonly endsAtMs?: number | undefined;
};

export type AccountOutcome = {
  readonly account: KnownAccount;
  readonly version: number;
  readonly token?: ConsistencyToken;
};
