import type { TenantId, UserId } from '@saas/kernel';

/** Whose rights are other than before. */
export type PermissionChange = {
  readonly tenantId: TenantId;
  /** `all`: of the tenant. */
  readonly userIds: readonly UserId[] | 'all';
};

/** What it does must be quick; what it throws is reported and harms nobody else. */
export type PermissionListener = {
  readonly onChange: (change: PermissionChange) => void;
  /** Some changes may have been missed: whatever was kept for anybody may be more than they may see now. */
  readonly onGap: () => void;
};

/**
 * Tells everybody who keeps answers for people that these people may see something else from now on.
 *
 * Every adapter must pass `describePermissionChangesContract`.
 */
export type PermissionChanges = {
  /**
   * Tells every subscriber, in this process and in others, at least once. Call it straight after the commit that took rights
   * away or changed them. Never rejects; takes at most a quarter of a second.
   *
   * @returns whether it was told. What was not is repeated until it is, for as long as this process lives; it may then be told
   *   of more people than were meant, never of fewer.
   */
  publish(change: PermissionChange): Promise<boolean>;
  /** From now on `listener` hears. @returns what ends that. */
  subscribe(listener: PermissionListener): () => void;
  /**
   * Whether everything that was published in this process has been told.
   */
  isAllTold(): boolean;
  /**
   * Whether subscribers of this process have heard everything that was told more than half a second ago. While it is not, nothing
   * may be shown to anybody that was kept for them. Before it is again, `onGap` is called. Costs nothing.
   */
  isLive(): boolean;
};
