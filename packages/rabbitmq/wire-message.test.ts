import { describe, expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import type { Message } from '@saas/messaging';
import fc from 'fast-check';
import { fromWire, toWire } from './wire-message.ts';

const tenantId = newTenantId(systemClock);
const message: Message = {
  id: 'evt_1',
  tenantId,
  topic: 'project_events',
  routingKey: 'task.created',
  stream: 'task-tsk_1',
  sequence: 3,
  headers: { cloudEvents_type: 'task.created', 'x-request-id': 'r', attempts: 2 },
  body: { taskId: 'tsk_1', assigneeId: null },
};
const sent = (wire = toWire(message)) => ({
  content: wire.content,
  properties: { ...wire.options, headers: { ...(wire.options.headers as object) } } as never,
});
const withHeaders = (headers: object) => {
  const { options, content } = toWire(message);
  return sent({ content, options: { ...options, headers: { ...(options.headers as object), ...headers } } });
};

describe('a message on the wire', () => {
  it('is read as it was written', () => {
    expect(fromWire(sent())).toEqual({ status: 'read', message });
  });

  it('keeps any JSON body and any headers of the sender', () => {
    const headers = fc.dictionary(
      fc.string({ minLength: 1 }).map((name) => `h-${name}`),
      fc.oneof(fc.string(), fc.integer()),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.jsonValue(), headers, (value, own) => {
        const body = JSON.parse(JSON.stringify(value)) as object;
        const each = { ...message, headers: own, body };
        expect(fromWire(sent(toWire(each)))).toEqual({ status: 'read', message: each });
      }),
    );
  });

  it('is the same after the broker has returned it or dead-lettered it', () => {
    const read = fromWire(
      withHeaders({ 'x-delivery-count': 4, 'x-death': [{}], 'x-first-death-queue': 'q' }),
    );
    expect(read).toEqual({ status: 'read', message });
  });

  it('is persistent, and returned when nobody wants it', () => {
    expect(toWire(message).options).toMatchObject({
      persistent: true,
      mandatory: true,
      contentType: 'application/json',
    });
  });

  it.each([
    ['no id', { ...sent(), properties: { headers: {} } as never }, 'messageId'],
    ['no headers', { ...sent(), properties: { messageId: 'm' } as never }, 'message-topic'],
    ['a body that is not JSON', { ...sent(), content: Buffer.from('{') }, 'body'],
    ['an empty body', { ...sent(), content: Buffer.alloc(0) }, 'body'],
    ['a foreign tenant id', withHeaders({ 'message-tenant': 'acme' }), 'message-tenant'],
    ['a sequence of 0', withHeaders({ 'message-sequence': 0 }), 'message-sequence'],
    ['a sequence of text', withHeaders({ 'message-sequence': '1' }), 'message-sequence'],
    ['a stream without an aggregate', withHeaders({ 'message-stream': 'task' }), 'message-stream'],
  ])('is malformed with %s', (_, delivered, reason) => {
    expect(fromWire(delivered)).toEqual({ status: 'malformed', reason });
  });
});
