export { holdAppends } from './append-lock.ts';
export { defaultLimits, limitsOf, type Client, type ConnectionLimits, type RawTx } from './database-node.ts';
export * from './database-health.ts';
export * from './dead-letter-actions.ts';
export * from './dead-letters.errors.ts';
export {
  askReplay,
  countReplay,
  parkedHeads,
  parkedLetters,
  type ParkedHead,
  type ParkedLetter,
  type Replay,
  type ReplaySubject,
} from './dead-letters.ts';
export * from './drop-letter.ts';
export * from './event-log.postgres.ts';
export * from './event-store.postgres.ts';
export { gatherStatements } from './gather-statements.ts';
export * from './housekeeping.ts';
export * from './migrate.ts';
export * from './migrate.errors.ts';
export type { NodeHealth } from './node-monitor.ts';
export * from './outbox.postgres.ts';
export type { Patience } from './patience.ts';
export * from './parked-listening.ts';
export * from './parked-messages.postgres.ts';
export * from './postgres.errors.ts';
export * from './prisma-failures.ts';
export * from './read-log.ts';
export * from './service-store.ts';
export * from './sharded-database.ts';
export * from './shard-map.ts';
export * from './projections/compare-tables.ts';
export * from './projections/projection-states.ts';
export * from './projections/projections.errors.ts';
export * from './projections/promote.ts';
export * from './projections/read-model-desk.ts';
export * from './projections/read-model-status.ts';
export * from './projections/read-model.ts';
export { rebuild, refresh, type RebuildOptions } from './projections/rebuild.ts';
export { type ReplayProgress } from './projections/replay.ts';
export { startProjectionRunner, type ProjectionRunner } from './projections/projection-runner.ts';
export { type Kind } from './projections/stand-still.ts';
export { shapeOf } from './projections/table-copy.ts';
export * from './projections/workshop.ts';
export { type Sealing } from './sealed-codec.ts';
export * from './subject-keys.postgres.ts';
