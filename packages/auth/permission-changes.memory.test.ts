import { memoryPermissionChanges } from './permission-changes.memory.ts';
import { describePermissionChangesContract } from './testing/permission-changes.contract.ts';

describePermissionChangesContract('memoryPermissionChanges', async (onFailure) => {
  const changes = memoryPermissionChanges(onFailure);
  return { one: changes, other: changes };
});
