import type { RawTx } from '../database-node.ts';
import { projectionErrors } from './projections.errors.ts';
import type { LoggedEvent } from '@saas/event-sourcing';
import { readState, type ProjectionRole } from './projection-states.ts';
import { identityOf, type ReadModel } from './read-model.ts';
import type { Transact, Workshop } from './workshop.ts';

/** How far a replay has come. */
export type ReplayProgress = { readonly position: number; readonly upTo: number; readonly events: number };

export type ReplayOptions = {
  /** A fence: nothing is going to appear at or below it any more. */
  readonly upTo: number;
  /** Events per transaction. */
  readonly batchMax?: number;
  readonly onProgress?: (progress: ReplayProgress) => void;
};

/** Events per transaction: enough that round trips do not matter, few enough to be held in memory twice. */
const BATCH_MAX = 2_000;

/**
 * Applies to a read model's tables what happened after their checkpoint and up to `upTo`, batch by batch, each with
 * its checkpoint in one transaction: broken off at any moment, it goes on where it stopped. The next batch is read
 * while one is written.
 *
 * A projection is handed events and a transaction that reaches its own tables alone; nothing else can happen.
 *
 * @throws {AppError} `PROJECTION_MOVED` when somebody else applies events to the same tables; and whatever `apply` throws.
 */
export const replay = async <Tx extends RawTx>(
  workshop: Workshop<Tx>,
  model: ReadModel<Tx>,
  role: ProjectionRole,
  { upTo, batchMax = BATCH_MAX, onProgress }: ReplayOptions,
): Promise<void> => {
  const { shard, log, session } = workshop;
  const { name } = identityOf(model);
  const state = await readState(session, name, role);
  if (!state || state.position === null || state.position >= upTo) return;

  const room = workshop.transactionsIn(state.schema);
  try {
    let { position, events } = state;
    const pageAfter = (after: number) => quiet(log.readAll(shard, { after, upTo, limit: batchMax }));
    let next = pageAfter(position);
    while (position < upTo) {
      const page = await next;
      const reached = page.length < batchMax ? upTo : (page.at(-1)?.position ?? upTo);
      if (reached < upTo) next = pageAfter(reached);
      await applyBatch({ transact: room.transact, model, name, role }, page, { from: position, to: reached });
      position = reached;
      events += page.length;
      onProgress?.({ position, upTo, events });
    }
  } finally {
    await room.close();
  }
};

const applyBatch = <Tx extends RawTx>(
  target: {
    readonly transact: Transact<Tx>;
    readonly model: ReadModel<Tx>;
    readonly name: string;
    readonly role: ProjectionRole;
  },
  page: readonly LoggedEvent[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> =>
  target.transact(async (tx) => {
    const { model, name, role } = target;
    // First, so that a second replayer waits here and then finds that it came too late.
    const moved = await tx.$executeRaw`
      UPDATE public.projections SET position = ${to}::bigint, events = events + ${page.length}, updated_at = now()
      WHERE name = ${name} AND role = ${role} AND position = ${from}::bigint`;
    if (moved !== 1) throw projectionErrors.PROJECTION_MOVED({ name, role });
    if (page.length > 0) await model.apply(page, tx);
  });

/** A page that is read ahead may fail while nobody waits for it yet. */
const quiet = <Value>(promise: Promise<Value>): Promise<Value> => {
  promise.catch(() => undefined);
  return promise;
};
