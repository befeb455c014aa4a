import type { PermissionChange } from '@saas/auth';
import type { TenantId, UserId } from '@saas/kernel';

/** What is told of: somebody's change, or that anybody's rights may have changed. */
export type Tidings = PermissionChange | 'everything';

type Bounds = { readonly tenantsMax: number; readonly usersMax: number };

const BOUNDS: Bounds = { tenantsMax: 1_000, usersMax: 1_000 };

/**
 * Changes that still have to be told. Bounded: when there are too many people of one tenant, all of it stands for them; when
 * there are too many tenants, everything does. So nothing is ever lost.
 */
export class UntoldChanges {
  readonly #byTenant = new Map<TenantId, Set<UserId> | 'all'>();
  readonly #bounds: Bounds;
  #isEverything = false;

  constructor(bounds: Bounds = BOUNDS) {
    this.#bounds = bounds;
  }

  get isEmpty(): boolean {
    return !this.#isEverything && this.#byTenant.size === 0;
  }

  add(tidings: Tidings): void {
    if (this.#isEverything) return;
    if (tidings === 'everything') return this.#addEverything();
    const { tenantId, userIds } = tidings;
    const known = this.#byTenant.get(tenantId);
    if (known === 'all') return;
    const users = new Set([...(known ?? []), ...(userIds === 'all' ? [] : userIds)]);
    const isAll = userIds === 'all' || users.size > this.#bounds.usersMax;
    this.#byTenant.set(tenantId, isAll ? 'all' : users);
    if (this.#byTenant.size > this.#bounds.tenantsMax) this.#addEverything();
  }

  /** All there is, and forgets it: add again what could not be told. */
  take(): readonly Tidings[] {
    const tidings = this.#isEverything ? ['everything' as const] : this.#changes();
    this.#isEverything = false;
    this.#byTenant.clear();
    return tidings;
  }

  #changes(): readonly PermissionChange[] {
    return [...this.#byTenant].map(([tenantId, users]) => ({
      tenantId,
      userIds: users === 'all' ? 'all' : [...users],
    }));
  }

  #addEverything(): void {
    this.#byTenant.clear();
    this.#isEverything = true;
  }
}
