import { expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import type { Message } from './message-bus.port.ts';
import { causeOf } from './received.ts';

const message = (headers: Message['headers']): Message => ({
  id: 'message-1',
  tenantId: newTenantId(systemClock),
  topic: 'counter_events',
  routingKey: 'counter.added',
  stream: 'counter-1',
  sequence: 1,
  body: {},
  headers,
});

it('carries on which request began it all', () => {
  expect(causeOf(message({ 'x-request-id': 'request-2', 'x-correlation-id': 'request-1' }))).toEqual({
    requestId: 'request-2',
    causationId: 'message-1',
    correlationId: 'request-1',
  });
});

it('takes the latest request that is known for the first, and a message of no request for its own', () => {
  expect(causeOf(message({ 'x-request-id': 'request-2' }))).toMatchObject({ correlationId: 'request-2' });
  expect(causeOf(message({}))).toMatchObject({ requestId: 'message-1', correlationId: 'message-1' });
});

it('stays in the trace of the message, and invents none', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(causeOf(message({ traceparent }))).toMatchObject({ traceparent });
  expect(causeOf(message({}))).not.toHaveProperty('traceparent');
});
