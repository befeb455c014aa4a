import type { Clock } from '@saas/kernel';
import type { PermissionChange, PermissionListener } from './permission-changes.port.ts';
import type { AuthenticatedViewer } from './viewer.ts';

const SIZE_MAX = 10_000;

/**
 * When somebody's rights were last heard to change. Holds at most 10,000 users and tenants; beyond that everybody's count as
 * changed at that moment, and it begins anew.
 */
export class ChangedRights implements PermissionListener {
  readonly #atMsById = new Map<string, number>();
  readonly #clock: Clock;
  readonly #sizeMax: number;
  #everybodyAtMs = -Infinity;

  constructor(clock: Clock, sizeMax = SIZE_MAX) {
    this.#clock = clock;
    this.#sizeMax = sizeMax;
  }

  readonly onChange = ({ tenantId, userIds }: PermissionChange): void => {
    const nowMs = this.#clock.now().getTime();
    for (const id of userIds === 'all' ? [tenantId] : userIds) this.#atMsById.set(id, nowMs);
    if (this.#atMsById.size > this.#sizeMax) this.onGap();
  };

  readonly onGap = (): void => {
    this.#atMsById.clear();
    this.#everybodyAtMs = this.#clock.now().getTime();
  };

  /** Whether they changed at that moment, Unix milliseconds, or after it. */
  haveChangedSince(atMs: number, { tenantId, userId }: AuthenticatedViewer): boolean {
    if (this.#everybodyAtMs >= atMs) return true;
    const ofUser = this.#atMsById.get(userId) ?? -Infinity;
    return ofUser >= atMs || (this.#atMsById.get(tenantId) ?? -Infinity) >= atMs;
  }
}
