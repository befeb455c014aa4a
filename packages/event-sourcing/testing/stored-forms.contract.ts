import { beforeEach, describe, expect, it } from '@jest/globals';
import { newTenantId, systemClock, type TenantId } from '@saas/kernel';
import { eventCodec, type EventCodec } from '../event-codec.ts';
import { declareEvents } from '../event-schemas.ts';
import type { StreamId } from '../recorded-event.ts';
import { metadata, unique, type Opened } from './counting.ts';

const addUnit = ({ n }: { n: number }) => ({ n, unit: 'piece' });
const wrap = (amount: { n: number; unit: string }) => ({ amount });
const codecOf = (...upcasters: readonly ((data: never) => unknown)[]) =>
  eventCodec(declareEvents({ Added: { upcasters } }));
const [first, second, third] = [codecOf(), codecOf(addUnit), codecOf(addUnit, wrap)];

/** The part of the EventStore contract that is about schema versions. */
export const describeStoredForms = (open: (codec: EventCodec) => Promise<Opened>) =>
  describe('a release that stores another form of an event', () => {
    let opened: Opened;
    let stream: StreamId;
    let tenantId: TenantId;
    let release: EventCodec;
    beforeEach(async () => {
      opened = await open({
        encode: (events) => release.encode(events),
        decode: (events) => release.decode(events),
      });
      stream = unique('counter');
      tenantId = newTenantId(systemClock);
      release = first;
    });
    const add = (expectedVersion: number, data: object, type = 'Added') =>
      opened.store.append({
        tenantId,
        metadata,
        streams: [{ stream, expectedVersion, events: [{ type, data }] }],
      });
    const read = async () => (await opened.store.read(tenantId, [stream]))[0];

    it('reads all older forms as its own', async () => {
      await add(0, { n: 1 });
      release = second;
      await add(1, { n: 2, unit: 'dozen' });
      release = third;
      await add(2, { amount: { n: 3, unit: 'gross' } });
      expect((await read())?.events.map(({ data }) => data)).toEqual([
        { amount: { n: 1, unit: 'piece' } },
        { amount: { n: 2, unit: 'dozen' } },
        { amount: { n: 3, unit: 'gross' } },
      ]);
    });

    it('is not misread by the release before it', async () => {
      release = second;
      await add(0, { n: 2, unit: 'dozen' });
      release = first;
      await expect(read()).rejects.toMatchObject({ code: 'EVENT_VERSION_UNKNOWN' });
    });

    it('stores nothing that it has not declared', async () => {
      await expect(add(0, {}, 'Lost')).rejects.toMatchObject({ code: 'EVENT_TYPE_UNKNOWN' });
      expect(await read()).toMatchObject({ version: 0 });
    });
  });
