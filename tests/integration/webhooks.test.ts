import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuthenticatedViewer } from '@saas/auth';
import { waitUntil } from '@saas/local-stack';
import {
  assignment,
  openNotifications,
  people,
  PREFER,
  type NotificationsUnderTest,
} from '../support/notifications-service.ts';

type Received = { readonly headers: IncomingHttpHeaders; readonly body: string };

let service: NotificationsUnderTest;
let outside: Server;
const received: Received[] = [];
/** What the next requests are answered with; 200 when there is nothing. */
const answers: number[] = [];

beforeAll(async () => {
  outside = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answers.shift() ?? 200).end();
    });
  }).listen(0, '127.0.0.1');
  await once(outside, 'listening');
  service = await openNotifications({
    settings: { NOTIFICATIONS_WEBHOOK_PRIVATE_ADDRESSES: 'true', NOTIFICATIONS_DELIVERY_IDLE_MS: '20' },
    adapters: { chance: () => 0 },
  });
});
afterAll(async () => {
  await service.stop();
  outside.close();
});

const SET = `mutation ($input: SetWebhookInput!) { setWebhook(input: $input) {
  webhook { url version } secret userErrors { code field } } }`;
const REMOVE = `mutation { removeWebhook(input: {}) { version userErrors { code } } }`;
const DELIVERIES = `{ notifications { nodes { deliveries { channel status attempts lastError } } } }`;

const hookUrl = (path: string) => `http://127.0.0.1:${(outside.address() as AddressInfo).port}${path}`;
const set = async (viewer: AuthenticatedViewer, input: object) =>
  (await service.ask(viewer, SET, { input })).data['setWebhook'] as {
    readonly webhook: { readonly url: string; readonly version: number } | null;
    readonly secret: string | null;
    readonly userErrors: readonly { readonly code: string }[];
  };
/** From now on, assignments go to the person by webhook. */
const wantWebhooks = (viewer: AuthenticatedViewer) =>
  service.ask(viewer, PREFER, { input: { kind: 'TASK_ASSIGNED', channel: 'WEBHOOK', isEnabled: true } });
const delivery = (viewer: AuthenticatedViewer, status: string) =>
  waitUntil(`a delivery to be ${status}`, async () => {
    const { data } = await service.ask(viewer, DELIVERIES, {}, await service.asOfNow(viewer));
    const { nodes } = data['notifications'] as {
      nodes: readonly { deliveries: readonly { channel: string; status: string }[] }[];
    };
    return nodes[0]?.deliveries.find((each) => each.channel === 'WEBHOOK' && each.status === status);
  });

describe('a webhook', () => {
  it('hears of a notification, signed with the secret that its owner was shown', async () => {
    const { ada, ben } = people();
    const { secret, webhook } = await set(ben, { url: hookUrl('/ben') });
    expect(webhook).toEqual({ url: hookUrl('/ben'), version: 1 });
    await wantWebhooks(ben);
    await service.bus.publish([assignment(ada, ben, 'Oil the door')]);
    await delivery(ben, 'SENT');
    const { headers, body } = received.at(-1) ?? { headers: {}, body: '' };
    const [id] = await service.idsOf(ben);
    expect(JSON.parse(body)).toMatchObject({
      type: 'notification.created',
      data: { id, kind: 'TASK_ASSIGNED', title: 'The task “Oil the door” was assigned to you.' },
    });
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from((secret ?? '').slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  it('that refuses is asked again under the same id, and knows a repetition by it', async () => {
    const { ada, ben } = people();
    await set(ben, { url: hookUrl('/again') });
    await wantWebhooks(ben);
    const before = received.length;
    answers.push(503, 302);
    await service.bus.publish([assignment(ada, ben)]);
    expect(await delivery(ben, 'SENT')).toMatchObject({ attempts: 3, lastError: null });
    const ids = received.slice(before).map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids)).toEqual(new Set([`${(await service.idsOf(ben))[0] ?? ''}-webhook`]));
  });

  it('that is gone for good is not asked again', async () => {
    const { ada, ben } = people();
    await set(ben, { url: hookUrl('/gone') });
    await wantWebhooks(ben);
    answers.push(410);
    await service.bus.publish([assignment(ada, ben)]);
    expect(await delivery(ben, 'FAILED')).toMatchObject({ attempts: 1, lastError: 'WEBHOOK_GONE' });
  });

  it('has a new secret each time that it is set, and the same one for a request that is repeated', async () => {
    const { ben } = people();
    const input = { url: hookUrl('/key'), idempotencyKey: 'key-1' };
    const first = await set(ben, input);
    expect(await set(ben, input)).toEqual(first);
    const second = await set(ben, { ...input, idempotencyKey: 'key-2' });
    expect(second.secret).not.toBe(first.secret);
    expect(second.webhook).toMatchObject({ version: 2 });
  });

  it('leaves neither its secret nor its address in events and announcements, and no row when it is removed', async () => {
    const { ben, tenantId } = people();
    const { secret } = await set(ben, { url: hookUrl('/hidden-address') });
    const stored = () =>
      service.database.readPrimary({ tenantId }, async (tx) => ({
        events: await tx.storedEvent.findMany({ where: { tenantId }, select: { data: true } }),
        outbox: await tx.outboxMessage.findMany({ where: { tenantId }, select: { body: true } }),
        rows: await tx.webhook.findMany({ where: { tenantId } }),
      }));
    const { rows, ...told } = await stored();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain('hidden-address');
    expect(JSON.stringify({ told, rows })).not.toContain((secret ?? '').slice('whsec_'.length));
    await service.ask(ben, REMOVE);
    expect((await stored()).rows).toEqual([]);
    expect((await service.ask(ben, '{ webhook { url } }', {}, await service.asOfNow(ben))).data).toEqual({
      webhook: null,
    });
  });

  it('that was removed withholds what would have gone there', async () => {
    const { ada, ben } = people();
    await set(ben, { url: hookUrl('/removed') });
    await wantWebhooks(ben);
    await service.ask(ben, REMOVE);
    await service.bus.publish([assignment(ada, ben)]);
    expect(await delivery(ben, 'WITHHELD')).toMatchObject({ lastError: 'WEBHOOK_NOT_SET' });
  });

  it('is nobody else’s to see, also in the same tenant', async () => {
    const { ben, eve } = people();
    await set(ben, { url: hookUrl('/mine') });
    const { data } = await service.ask(eve, '{ webhook { url } }', {}, await service.asOfNow(eve));
    expect(data).toEqual({ webhook: null });
  });

  it('needs an address that may be asked, and leaves nothing behind when it is refused', async () => {
    const { ben, tenantId } = people();
    expect(await set(ben, { url: 'ftp://example.com/' })).toMatchObject({
      webhook: null,
      secret: null,
      userErrors: [{ code: 'WEBHOOK_URL_INVALID', field: ['url'] }],
    });
    expect(await set(ben, { url: hookUrl('/stale'), expectedVersion: 7 })).toMatchObject({
      userErrors: [{ code: 'VERSION_STALE' }],
    });
    const rows = await service.database.readPrimary({ tenantId }, (tx) =>
      tx.webhook.findMany({ where: { tenantId } }),
    );
    expect(rows).toEqual([]);
  });
});
