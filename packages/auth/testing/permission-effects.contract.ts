import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { newId, newTenantId, systemClock } from '@saas/kernel';
import { permissionChangeOf, type PermissionEffects } from '../permission-effects.ts';
import { permissionChangeOfMessage, type PermissionMessages } from '../permission-messages.ts';

type Told = { readonly topic: string; readonly routingKey: string; readonly body: unknown };

type Options = {
  readonly service: string;
  readonly effects: PermissionEffects;
  /** Every event type that the service stores. */
  readonly types: Iterable<string>;
  /** What the service tells a second time, if it does. */
  readonly retold?: {
    readonly messages: PermissionMessages;
    /** Where a stored example of each event lies, `<type>.1.json`. */
    readonly folder: URL;
    /** The stream of such an event, and what is announced of it; undefined when nothing is. */
    readonly announce: (event: {
      readonly type: string;
      readonly data: never;
    }) => { readonly stream: string; readonly announced: readonly Told[] } | undefined;
    /** Events that are not announced, or tell less than the message does; each with its reason beside it. */
    readonly except: readonly string[];
  };
};

/** Holds a service to saying of every event whose rights it affects, and to telling it again when its announcement comes back. */
export const describePermissionEffects = ({ service, effects, types, retold }: Options) =>
  describe(`the permission effects of ${service}`, () => {
    it('are declared for every event type, and for no other', () => {
      expect([...effects.keys()].toSorted()).toEqual([...types].toSorted());
    });

    if (!retold) return;
    const affecting = [...effects].filter(([, effect]) => effect !== 'nobody').map(([type]) => type);
    it.each(affecting.filter((type) => !retold.except.includes(type)))('are told again: %s', (type) => {
      const { today } = JSON.parse(readFileSync(new URL(`${type}.1.json`, retold.folder), 'utf8')) as {
        readonly today: never;
      };
      const tenantId = newTenantId(systemClock);
      const event = { type, data: today };
      const { stream, announced } = retold.announce(event) ?? { stream: '', announced: [] };
      const actor = newId('usr', 7, systemClock);
      const change = permissionChangeOf(effects, {
        tenantId,
        metadata: { actor },
        streams: [{ stream, events: [event] }],
      });
      const again = announced.map((told) =>
        permissionChangeOfMessage(retold.messages, { ...told, tenantId }),
      );
      expect(again).toEqual([change]);
    });
  });
