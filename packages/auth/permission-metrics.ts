import { defineMetrics } from '@saas/kernel';

/** What services tell of changed rights. */
export const permissionMetrics = defineMetrics({
  permission_changes_told_total: {
    kind: 'counter',
    help: 'Changes of rights, by outcome: told (every gateway that listens has it), late (it could not be told at once, because Redis was away; it is repeated, and gateways use no kept answers meanwhile).',
    labels: ['outcome'],
  },
});
