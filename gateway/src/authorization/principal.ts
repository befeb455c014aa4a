import type { VerifiedAccess } from '@saas/auth';

/** Who asks, as far as the schema's demands go. */
export type Principal = {
  readonly isAuthenticated: boolean;
  readonly scopes: ReadonlySet<string>;
  /**
   * Says which of these policies hold for this client and request. Without it, none does.
   *
   * @param signal aborts when nobody waits for the answer any more.
   */
  readonly policies?:
    ((names: readonly string[], signal: AbortSignal) => Promise<ReadonlySet<string>>) | undefined;
};

/**
 * The bearer of an access token, or somebody without one. Scopes are those of the token, and `role:OWNER`, `role:ADMIN` or
 * `role:MEMBER` for the role in the tenant, which a token cannot have by its scopes.
 */
export const principalOf = (access: VerifiedAccess | undefined): Principal =>
  access === undefined
    ? nobody
    : {
        isAuthenticated: true,
        scopes: new Set([
          ...[...access.scopes].filter((scope) => !scope.startsWith(rolePrefix)),
          `${rolePrefix}${access.viewer.role}`,
        ]),
      };

const rolePrefix = 'role:';

const nobody: Principal = { isAuthenticated: false, scopes: new Set() };
