import type { RawTx } from '../database-node.ts';
import { readStates, type ProjectionState } from './projection-states.ts';
import { identityOf, type ReadModel } from './read-model.ts';
import { registerReadModels } from './register-read-models.ts';
import type { Kind } from './stand-still.ts';
import type { Workshop } from './workshop.ts';

/** What an operator may want to know of one read model on one shard. */
export type ReadModelStatus = {
  readonly name: string;
  readonly kind: Kind;
  readonly shard: string;
  /** The version of the code at hand. */
  readonly codeVersion: number;
  readonly running: StateStatus | undefined;
  readonly candidate: StateStatus | undefined;
  readonly previous: StateStatus | undefined;
};

/** A state, and how many events are not in its rows yet. */
export type StateStatus = ProjectionState & { readonly behind: number };

/** Says of each of the service's read models how it stands on the workshop's shard. */
export const readModelStatus = async <Tx extends RawTx>(
  workshop: Workshop<Tx>,
  models: Readonly<Record<Kind, readonly ReadModel<Tx>[]>>,
): Promise<readonly ReadModelStatus[]> => {
  const { session, shard } = workshop;
  const room = workshop.transactionsIn('public');
  try {
    await room.transact((tx) => registerReadModels(tx, models));
  } finally {
    await room.close();
  }
  const states: StateStatus[] = [];
  for (const state of await readStates(session))
    states.push({ ...state, behind: await behindOf(workshop, state) });
  return (['inline', 'asynchronous'] as const).flatMap((kind) =>
    models[kind].map((model) => {
      const { name, version: codeVersion } = identityOf(model);
      const find = (role: string) => states.find((state) => state.name === name && state.role === role);
      return {
        name,
        kind,
        shard,
        codeVersion,
        running: find('running'),
        candidate: find('candidate'),
        previous: find('previous'),
      };
    }),
  );
};

const behindOf = async <Tx>({ session }: Workshop<Tx>, { position }: ProjectionState): Promise<number> => {
  if (position === null) return 0;
  const { rows } = await session.query<{ behind: number }>(
    'SELECT count(*)::float8 AS behind FROM public.events WHERE position > $1',
    [position],
  );
  return rows[0]?.behind ?? 0;
};
