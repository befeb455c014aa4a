import type { TenantId, UserId } from '@saas/kernel';
import type { PermissionChange } from './permission-changes.port.ts';

type Event = { readonly type: string; readonly data: unknown };

/** Where an event stands, as far as its effect depends on it. */
export type EventPlace = {
  readonly stream: string;
  /** Who caused it: a user's id, or the name of a part of the system. */
  readonly actor: string;
};

/** Whose rights an event changes or takes away. */
export type Affected = readonly UserId[] | 'tenant' | 'nobody';

/** Whom an event affects, or how to tell. */
export type PermissionEffect<Data = unknown> = Affected | ((data: Data, place: EventPlace) => Affected);

/** Of every event type of a service, whose rights it affects. */
export type PermissionEffects = ReadonlyMap<string, PermissionEffect<never>>;

/** Declares it for every type of one union of events: a type that is missing does not compile. */
export const declarePermissionEffects = <Declared extends Event>(declared: {
  readonly [Type in Declared['type']]: PermissionEffect<Extract<Declared, { readonly type: Type }>['data']>;
}): PermissionEffects => new Map(Object.entries(declared));

/** What was stored together, of one tenant. */
export type StoredTogether = {
  readonly tenantId: TenantId;
  readonly metadata: { readonly actor: string };
  readonly streams: readonly { readonly stream: string; readonly events: readonly Event[] }[];
};

/**
 * What has to be told of these events, or undefined when they affect nobody. An event whose type is not declared affects its
 * whole tenant: what is not known may be anything.
 */
export const permissionChangeOf = (
  effects: PermissionEffects,
  { tenantId, metadata: { actor }, streams }: StoredTogether,
): PermissionChange | undefined => {
  const userIds = new Set<UserId>();
  for (const { stream, events } of streams) {
    for (const event of events) {
      const affected = affectedBy(effects, event, { stream, actor });
      if (affected === 'tenant') return { tenantId, userIds: 'all' };
      if (affected !== 'nobody') for (const userId of affected) userIds.add(userId);
    }
  }
  return userIds.size === 0 ? undefined : { tenantId, userIds: [...userIds] };
};

const affectedBy = (effects: PermissionEffects, { type, data }: Event, place: EventPlace): Affected => {
  const effect = effects.get(type) ?? 'tenant';
  // Stored by the service that declared it: its data has the type's form.
  return typeof effect === 'function' ? effect(data as never, place) : effect;
};
