import {
  permissionChangeOf,
  permissionMetrics,
  type PermissionChange,
  type PermissionChanges,
  type PermissionEffects,
} from '@saas/auth';
import type { EventStore } from '@saas/event-sourcing';
import { silentMeter, type Meter } from '@saas/kernel';

type Options = {
  readonly changes: Pick<PermissionChanges, 'publish'>;
  /** Of every event type of the service. */
  readonly effects: PermissionEffects;
  readonly meter?: Meter;
};

/**
 * The event store, which tells straight after each commit whose rights it changed. Whoever appended is answered once that is
 * told, or could not be told in time: it never fails an append, and is then repeated.
 */
export const tellingStore = (store: EventStore, options: Options): EventStore => {
  const { effects, changes, meter = silentMeter } = options;
  const count = meter.counter(permissionMetrics.permission_changes_told_total);
  const tell = async (change: PermissionChange): Promise<void> => {
    const isTold = await changes.publish(change);
    count({ outcome: isTold ? 'told' : 'late' });
  };
  return {
    read: (...query) => store.read(...query),
    readPage: (...query) => store.readPage(...query),
    honoured: (...query) => store.honoured(...query),
    async append(append) {
      const change = permissionChangeOf(effects, append);
      const appended = await store.append(append);
      if (change) await tell(change);
      return appended;
    },
  };
};
