import { expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import type { EventMetadata } from './recorded-event.ts';
import { outboxMessages } from './outbox-messages.ts';

const tenantId = newTenantId(systemClock);
const clock = { now: () => new Date('2026-01-02T03:04:05.678Z') };
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const headersOf = (more: Partial<EventMetadata> = {}, schemaVersion?: number) => {
  const announcement = {
    topic: 'project_events',
    routingKey: 'task.created',
    body: {},
    ...(schemaVersion !== undefined && { schemaVersion }),
  };
  const append = { tenantId, metadata: { actor: 'ada', requestId: 'r', ...more }, streams: [] };
  const stream = { stream: 'task-1', expectedVersion: 0, events: [], announcements: [announcement] } as const;
  const [message] = outboxMessages(append, stream, 0, clock);
  return { id: message?.id, message, headers: message?.headers };
};

it('every message carries the attributes of CloudEvents', () => {
  const { id, headers } = headersOf();
  expect(headers).toMatchObject({
    cloudEvents_specversion: '1.0',
    cloudEvents_id: id,
    cloudEvents_type: 'task.created',
    cloudEvents_source: '/project_events',
    cloudEvents_subject: 'task-1',
    cloudEvents_time: '2026-01-02T03:04:05.678Z',
    cloudEvents_dataschema: 'urn:saas:project_events:task.created:1',
    cloudEvents_schemaversion: 1,
  });
});

it('a body of another form says so', () => {
  const { headers, message } = headersOf({}, 2);
  expect(headers).toMatchObject({
    cloudEvents_dataschema: 'urn:saas:project_events:task.created:2',
    cloudEvents_schemaversion: 2,
  });
  expect(message).not.toHaveProperty('schemaVersion');
});

it('the trace of the request goes along when it came with one, and none is invented', () => {
  expect(headersOf({ traceparent: trace }).headers).toMatchObject({
    traceparent: trace,
    cloudEvents_traceparent: trace,
  });
  expect(Object.keys(headersOf().headers ?? {}).filter((name) => name.includes('trace'))).toEqual([]);
});
