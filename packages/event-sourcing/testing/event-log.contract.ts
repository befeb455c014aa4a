import { beforeEach, describe, expect, it } from '@jest/globals';
import { newTenantId, systemClock, type TenantId } from '@saas/kernel';
import { undeclaredEvents, type EventCodec } from '../event-codec.ts';
import type { EventLog, LoggedEvent } from '../event-log.port.ts';
import type { EventStore } from '../event-store.port.ts';
import type { StreamId } from '../recorded-event.ts';
import { added, metadata, unique } from './counting.ts';

type OpenedLog = { readonly store: EventStore; readonly log: EventLog };

/** The promises of the EventLog port. Call it once per adapter. */
export const describeEventLogContract = (adapter: string, open: (codec: EventCodec) => Promise<OpenedLog>) =>
  describe(`${adapter} keeps the EventLog contract`, () => {
    let store: EventStore;
    let log: EventLog;
    beforeEach(async () => {
      ({ store, log } = await open(undeclaredEvents));
    });
    const add = (tenantId: TenantId, stream: StreamId, expectedVersion: number, count = 1) => {
      const events = Array.from({ length: count }, (_, n) => added(expectedVersion + n + 1));
      return store.append({ tenantId, metadata, streams: [{ stream, expectedVersion, events }] });
    };
    const fences = async () => {
      const pairs = log.shards().map(async (shard) => [shard, await log.fence(shard)] as const);
      return new Map(await Promise.all(pairs));
    };
    type Fences = ReadonlyMap<string, number>;
    /** Everything between two fences of each shard, read by pages of `limit`. */
    const readBetween = async (from: Fences, to: Fences, limit: number) => {
      const found: LoggedEvent[] = [];
      for (const [shard, upTo] of to)
        for (let after = from.get(shard) ?? 0; after < upTo;) {
          const page = await log.readAll(shard, { after, upTo, limit });
          found.push(...page);
          after = page.length < limit ? upTo : (page.at(-1)?.position ?? upTo);
        }
      return found;
    };
    const since = async (from: Fences, limit = 3) => readBetween(from, await fences(), limit);
    const versionsOf = (events: readonly LoggedEvent[], id: StreamId) =>
      events.filter(({ stream }) => stream === id).map(({ version }) => version);
    const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

    it('has every event of every tenant, whole, and each stream in order', async () => {
      const [tenants, streams] = [
        upTo(3).map(() => newTenantId(systemClock)),
        upTo(3).map(() => unique('log')),
      ];
      const before = await fences();
      for (const [index, tenantId] of tenants.entries()) {
        await add(tenantId, streams[index] ?? unique('log'), 0, 4);
        await add(tenantId, streams[index] ?? unique('log'), 4, 1);
      }
      const events = await since(before);
      for (const [index, stream] of streams.entries()) {
        expect(versionsOf(events, stream)).toEqual(upTo(5));
        expect(events.find((event) => event.stream === stream)).toMatchObject({
          ...added(1),
          tenantId: tenants[index],
          metadata,
        });
      }
    });

    it('gives the events of one append in the order in which they were appended', async () => {
      const before = await fences();
      const streams = upTo(3).map(() => ({ stream: unique('log'), expectedVersion: 0, events: [added(1)] }));
      const turned = streams.toReversed();
      await store.append({ tenantId: newTenantId(systemClock), metadata, streams: turned });
      const mine = new Set(streams.map(({ stream }) => stream));
      const found = (await since(before)).filter(({ stream }) => mine.has(stream));
      expect(found.map(({ stream }) => stream)).toEqual(turned.map(({ stream }) => stream));
    });

    it('puts what is appended after a fence beyond it', async () => {
      const [tenantId, stream] = [newTenantId(systemClock), unique('log')];
      const before = await fences();
      await add(tenantId, stream, 0);
      const between = await fences();
      await add(tenantId, stream, 1);
      expect(versionsOf(await readBetween(before, between, 100), stream)).toEqual([1]);
      expect(versionsOf(await since(between), stream)).toEqual([2]);
    });

    it('gives every event exactly once to who follows it while many write', async () => {
      const tenants = upTo(8).map(() => ({ tenantId: newTenantId(systemClock), stream: unique('log') }));
      let position = await fences();
      let writing = true;
      const writers = Promise.all(
        tenants.map(async ({ tenantId, stream }) => {
          for (let version = 0; version < 15; version += 1) await add(tenantId, stream, version);
        }),
      ).finally(() => (writing = false));
      const events: LoggedEvent[] = [];
      for (let isLast = false; !isLast;) {
        isLast = !writing;
        const next = await fences();
        events.push(...(await readBetween(position, next, 5)));
        position = next;
      }
      await writers;
      for (const { stream } of tenants) expect(versionsOf(events, stream)).toEqual(upTo(15));
    });

    it.each([0, 10_001, 1.5])('refuses a page of %p events', async (limit) => {
      const [shard = ''] = log.shards();
      await expect(log.readAll(shard, { after: 0, upTo: 1, limit })).rejects.toThrow(RangeError);
    });
  });
