import { beforeEach, describe, expect, it } from '@jest/globals';
import { newTenantId, systemClock, type TenantId } from '@saas/kernel';
import { undeclaredEvents, type EventCodec } from '../event-codec.ts';
import type { EventMetadata, StreamId } from '../recorded-event.ts';
import { added, unique, type Opened } from './counting.ts';

/** The part of the EventStore contract that is about who caused an event, and in the course of what. */
export const describeCauses = (open: (codec: EventCodec) => Promise<Opened>) =>
  describe('the cause of an event', () => {
    let opened: Opened;
    let stream: StreamId;
    let tenantId: TenantId;
    beforeEach(async () => {
      opened = await open(undeclaredEvents);
      stream = unique('counter');
      tenantId = newTenantId(systemClock);
    });
    const appendFor = (metadata: EventMetadata) => {
      const announcements = [{ topic: 'counter_events', routingKey: 'counter.added', body: {} }];
      const streams = [{ stream, expectedVersion: 0, events: [added(1)], announcements }];
      return opened.store.append({ tenantId, metadata, streams });
    };
    const recorded = async () => (await opened.store.read(tenantId, [stream]))[0]?.events[0]?.metadata;
    const headers = async () => (await opened.outboxOf([stream]))[0]?.headers;

    it('is the request that began it all, when nothing else is said', async () => {
      await appendFor({ actor: 'ada', requestId: 'request-1' });
      expect(await recorded()).toEqual({
        actor: 'ada',
        requestId: 'request-1',
        correlationId: 'request-1',
      });
      expect(await headers()).toMatchObject({
        'x-actor': 'ada',
        'x-tenant-id': tenantId,
        'x-request-id': 'request-1',
        'x-correlation-id': 'request-1',
      });
    });

    it('names the message it followed from and the request that began it all, and tells both on', async () => {
      const metadata = {
        actor: 'mailer',
        requestId: 'request-2',
        causationId: 'message-7',
        correlationId: 'request-1',
      };
      await appendFor(metadata);
      expect(await recorded()).toEqual(metadata);
      expect(await headers()).toMatchObject({
        'x-request-id': 'request-2',
        'x-causation-id': 'message-7',
        'x-correlation-id': 'request-1',
      });
    });
  });
