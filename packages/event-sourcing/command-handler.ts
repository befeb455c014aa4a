import { setTimeout as pauseFor } from 'node:timers/promises';
import { isAppError, type TenantId } from '@saas/kernel';
import { honouredClaim } from './claim.ts';
import type { Decider, DomainEvent } from './decider.ts';
import {
  eventStoreErrors,
  type Announcement,
  type Append,
  type Claim,
  type ConsistencyToken,
  type EventStore,
  type Receipt,
  type StreamAppend,
  type StreamSlice,
  type StreamVersion,
} from './event-store.port.ts';
import type { EventMetadata, StreamId } from './recorded-event.ts';

// Enough for fifty callers who change one stream at the same moment: about one of them wins each round trip.
const ATTEMPTS_MAX = 25;
const PAUSE_MS_MAX = 200;

export type CommandOn<Command> = {
  readonly stream: StreamId;
  readonly command: Command;
  /** The version the caller looked at. Another one is refused, and not retried. */
  readonly expectedVersion?: number | undefined;
  /** The stream's id was made just now: it is not read before the first attempt. */
  readonly isNew?: true;
};

/** Commands on different streams of one tenant, decided and stored together. */
export type Work<Command> = {
  readonly commands: readonly CommandOn<Command>[];
  /** What the commands were made from; when it moves meanwhile, they are prepared again. */
  readonly dependsOn?: readonly StreamVersion[];
};

export type CommandRequest<Command> = {
  readonly tenantId: TenantId;
  readonly metadata: EventMetadata;
  /** Without one, the request can be carried out twice. */
  readonly claim?: Claim | undefined;
  readonly receipts?: readonly Receipt[] | undefined;
  /** When nobody waits any longer, on `performance.now()`'s clock. What is not stored then never will be. */
  readonly endsAtMs?: number | undefined;
  /** A function is called anew for each attempt. */
  readonly work: Work<Command> | (() => Promise<Work<Command>>);
};

export type Decided<State> = {
  readonly stream: StreamId;
  readonly state: State;
  readonly version: number;
};

export type CommandOutcome<State> = {
  /** One per command, in order. */
  readonly results: readonly Decided<State>[];
  readonly token?: ConsistencyToken;
};

export type CommandHandler<State, Command> = (
  request: CommandRequest<Command>,
) => Promise<CommandOutcome<State>>;

type Options<State, Command, Event extends DomainEvent> = {
  readonly decider: Decider<State, Command, Event>;
  readonly store: EventStore;
  /** What the rest of the system is told of an event. Pure; nothing for events that stay private. */
  readonly announce: (event: Event, stream: StreamId, state: State) => readonly Announcement[];
  /** Keep the state each time a stream passes a multiple of `every`. Raise `schemaVersion` when its shape changes. */
  readonly snapshots?: { readonly schemaVersion: number; readonly every: number };
  /** Waits before attempt 2, 3, …; full jitter unless replaced. */
  readonly pause?: (attempt: number) => Promise<unknown>;
};

/**
 * Load, decide, append: the one way state changes.
 *
 * A repeated request (same claim) changes nothing and is answered with the state it led to the first time; a request
 * that changes nothing leaves no claim behind and is decided anew. A lost race is decided again on the fresh state, in
 * at most 25 attempts ({@link ATTEMPTS_MAX}) with pauses of at most 200 ms ({@link PAUSE_MS_MAX}). The state returned is
 * newer than any replica; answer from it.
 *
 * @throws {AppError} whatever `decide` refuses with, `IDEMPOTENCY_KEY_REUSED`, `VERSION_STALE` when the caller's
 *   `expectedVersion` is not the stream's, or `VERSION_CONFLICT` when every attempt lost.
 */
export const commandHandler = <State, Command, Event extends DomainEvent>(
  options: Options<State, Command, Event>,
): CommandHandler<State, Command> => {
  const { store, pause = jitter } = options;
  const attemptOnce = async (
    request: CommandRequest<Command>,
    isFirst: boolean,
  ): Promise<CommandOutcome<State>> => {
    const { tenantId, claim, work } = request;
    // Asked before reading, so that the history read next reaches at least that far.
    const honoured = claim && (await honouredClaim(store, tenantId, claim));
    if (honoured) return { results: await statesAt(options, tenantId, honoured) };

    const { commands, dependsOn = [] } = typeof work === 'function' ? await work() : work;
    const slices = await readAll(options, request, commands, isFirst);
    const decisions = commands.map((command, index) => decideOne(options, command, slices[index]));
    const results = decisions.map(({ stream, state, version }) => ({ stream, state, version }));
    const isNothing = decisions.every(({ append }) => append.events.length === 0);
    if (isNothing && !request.receipts) return { results };

    const { token } = await store.append(appendOf(request, decisions, dependsOn));
    return { results, ...(token !== undefined && { token }) };
  };

  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await attemptOnce(request, attempt === 1);
      } catch (error) {
        // Not VERSION_STALE: what the caller looked at does not come back.
        if (!isAppError(error, 'VERSION_CONFLICT') || attempt === ATTEMPTS_MAX) throw error;
      }
      await pause(attempt);
    }
  };
};

type Decision<State> = Decided<State> & { readonly append: StreamAppend };

const decideOne = <State, Command, Event extends DomainEvent>(
  { decider, announce, snapshots }: Options<State, Command, Event>,
  { stream, command, expectedVersion }: CommandOn<Command>,
  slice: StreamSlice<Event> = nothing,
): Decision<State> => {
  const before = stateOf(decider, slice);
  // Decided first: to whom the thing must look absent, its version must not be told.
  const events = decider.decide(command, before);
  if (expectedVersion !== undefined && expectedVersion !== slice.version) {
    const versions = { expected: expectedVersion, actual: slice.version };
    throw eventStoreErrors.VERSION_STALE({ field: 'expectedVersion', ...versions });
  }
  const state = events.reduce(decider.evolve, before);
  const version = slice.version + events.length;
  const isTimeForSnapshot =
    snapshots !== undefined &&
    Math.floor(version / snapshots.every) > Math.floor(slice.version / snapshots.every);
  return {
    stream,
    state,
    version,
    append: {
      stream,
      expectedVersion: slice.version,
      events,
      announcements: events.flatMap((event) => announce(event, stream, state)),
      ...(isTimeForSnapshot && { snapshot: { schemaVersion: snapshots.schemaVersion, state } }),
    },
  };
};

const appendOf = <State, Command>(
  { tenantId, metadata, claim, receipts, endsAtMs }: CommandRequest<Command>,
  decisions: readonly Decision<State>[],
  dependsOn: readonly StreamVersion[],
): Append => ({
  tenantId,
  metadata,
  streams: decisions.map(({ append }) => append),
  dependsOn,
  ...(claim && { claim }),
  ...(receipts && { receipts }),
  endsAtMs,
});

const readAll = async <State, Command, Event extends DomainEvent>(
  { store, snapshots }: Options<State, Command, Event>,
  { tenantId, endsAtMs }: CommandRequest<Command>,
  commands: readonly CommandOn<Command>[],
  isFirst: boolean,
): Promise<readonly StreamSlice<Event>[]> => {
  const known = commands.filter(({ isNew }) => !isNew || !isFirst).map(({ stream }) => stream);
  if (known.length === 0) return commands.map(() => nothing);
  const slices = await store.read<Event>(tenantId, known, {
    endsAtMs,
    ...(snapshots && { snapshots: snapshots.schemaVersion }),
  });
  const sliceOf = new Map(known.map((stream, index) => [stream, slices[index]]));
  return commands.map(({ stream }) => sliceOf.get(stream) ?? nothing);
};

const nothing = { events: [], version: 0 };

const statesAt = async <State, Command, Event extends DomainEvent>(
  { decider, store, snapshots }: Options<State, Command, Event>,
  tenantId: TenantId,
  versions: readonly StreamVersion[],
): Promise<readonly Decided<State>[]> => {
  const slices = await store.read<Event>(
    tenantId,
    versions.map(({ stream }) => stream),
    {
      upTo: versions.map(({ version }) => version),
      ...(snapshots && { snapshots: snapshots.schemaVersion }),
    },
  );
  return versions.map(({ stream, version }, index) => ({
    stream,
    version,
    state: stateOf(decider, slices[index] ?? nothing),
  }));
};

/** The state a stream has led to. */
export const stateOf = <State, Command, Event extends DomainEvent>(
  { initialState, evolve }: Decider<State, Command, Event>,
  { snapshot, events }: StreamSlice<Event>,
): State => events.reduce(evolve, snapshot ? (snapshot.state as State) : initialState);

const jitter = (attempt: number): Promise<unknown> =>
  pauseFor(Math.random() * Math.min(PAUSE_MS_MAX, 4 * 2 ** attempt));
