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
    ['that is not JSON', Buffer.from('{'), { bytes: 1, base64: 'ew==' }],
    ['that is empty', Buffer.alloc(0), { bytes: 0, base64: '' }],
  ])('keeps its place in its stream with a body %s', (_, content, unreadable) => {
    const read = { status: 'read', message: { ...message, body: { unreadable } } };
    expect(fromWire({ ...sent(), content })).toEqual(read);
  });

  it('keeps only the beginning of a body that is no JSON', () => {
    const { message: read } = fromWire({ ...sent(), content: Buffer.alloc(1_000_000, 'x') }) as {
      message: { body: { unreadable: { bytes: number; base64: string } } };
    };
    const { bytes, base64 } = read.body.unreadable;
    expect([bytes, Buffer.from(base64, 'base64').length]).toEqual([1_000_000, 65_536]);
  });

  it.each([
    ['no id', { ...sent(), properties: { headers: {} } as never }, 'messageId'],
    ['no headers', { ...sent(), properties: { messageId: 'm' } as never }, 'message-topic'],
    ['a foreign tenant id', withHeaders({ 'message-tenant': 'acme' }), 'message-tenant'],
    ['a sequence of 0', withHeaders({ 'message-sequence': 0 }), 'message-sequence'],
    ['a sequence of text', withHeaders({ 'message-sequence': '1' }), 'message-sequence'],
    ['a stream without an aggregate', withHeaders({ 'message-stream': 'task' }), 'message-stream'],
  ])('is malformed with %s', (_, delivered, reason) => {
    expect(fromWire(delivered)).toEqual({ status: 'malformed', reason });
  });
});
