import type { PermissionChanges } from './permission-changes.port.ts';
import { PermissionListeners } from './permission-listeners.ts';

/** Changes within one process: told before `publish` returns, and always live. */
export const memoryPermissionChanges = (
  onFailure: (error: unknown) => void = () => undefined,
): PermissionChanges => {
  const listeners = new PermissionListeners(onFailure);
  return {
    async publish(change) {
      listeners.onChange(change);
      return true;
    },
    subscribe: (listener) => listeners.add(listener),
    isAllTold: () => true,
    isLive: () => true,
  };
};
