import { beforeEach, describe, expect, it } from '@jest/globals';
import { newTenantId, systemClock, type TenantId } from '@saas/kernel';
import { undeclaredEvents, type EventCodec } from '../event-codec.ts';
import type { StreamId } from '../recorded-event.ts';
import { added, metadata, unique, type Opened } from './counting.ts';

/** The part of the EventStore contract that is about reading a stream by pages. */
export const describeStreamPages = (open: (codec: EventCodec) => Promise<Opened>) =>
  describe('a page of a stream', () => {
    let opened: Opened;
    let stream: StreamId;
    let tenantId: TenantId;
    beforeEach(async () => {
      opened = await open(undeclaredEvents);
      stream = unique('counter');
      tenantId = newTenantId(systemClock);
      const events = [1, 2, 3, 4, 5].map(added);
      const snapshot = { schemaVersion: 1, state: {} };
      await opened.store.append({
        tenantId,
        metadata,
        streams: [{ stream, expectedVersion: 0, events, snapshot }],
      });
    });
    const versions = async (after: number, limit: number, of = tenantId) =>
      (await opened.store.readPage(of, stream, { after, limit })).map(({ version }) => version);

    it('begins after the version asked for and is no longer than asked for, whatever snapshots there are', async () => {
      expect([
        await versions(0, 2),
        await versions(2, 2),
        await versions(4, 2),
        await versions(5, 2),
      ]).toEqual([[1, 2], [3, 4], [5], []]);
    });

    it('holds the same events as the stream read whole', async () => {
      const [slice] = await opened.store.read(tenantId, [stream]);
      expect(await opened.store.readPage(tenantId, stream, { after: 0, limit: 10 })).toEqual(slice?.events);
    });

    it('is empty for another tenant', async () => {
      expect(await versions(0, 10, newTenantId(systemClock))).toEqual([]);
    });

    it.each([
      [0, 0],
      [0, 10_001],
      [-1, 1],
    ])('after %i, of %i events, is refused', async (after, limit) => {
      await expect(versions(after, limit)).rejects.toThrow(RangeError);
    });
  });
