import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import { startRabbitMq, waitUntil, type RunningRabbitMq } from '@saas/local-stack';
import { memoryOutbox, startOutboxRelay, type Message } from '@saas/messaging';
import { rabbitMqMessageBus, type RabbitMqMessageBus } from '@saas/rabbitmq';
import { openRawChannel } from '@saas/rabbitmq/testing';
import { prometheusMeter, type PrometheusMeter } from '@saas/telemetry';

// A broker takes several seconds to start, and its own tool almost as long.
jest.setTimeout(120_000);

const WAIT = { timeoutMs: 60_000 };
let broker: RunningRabbitMq;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  broker = await startRabbitMq();
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
afterAll(() => broker.stop());

type Opened = { readonly bus: RabbitMqMessageBus; readonly meter: PrometheusMeter };

const open = async (): Promise<Opened> => {
  const meter = prometheusMeter({ service: 'test', isProcessMeasured: false });
  const bus = await rabbitMqMessageBus({
    url: broker.url,
    name: 'test',
    confirmMs: 500,
    onFailure: () => undefined,
    meter,
  });
  closing.push(() => bus.close());
  return { bus, meter };
};
/** The value of a metric, summed over its labels. */
const metric = async ({ meter }: Opened, name: string): Promise<number> =>
  (await meter.page()).body
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

let fresh = 0;
const unique = (name: string): string => `${name}-${process.pid}-${(fresh += 1)}`;
const tenantId = newTenantId(systemClock);
const messages = (topic: string, stream: string, count: number): Message[] =>
  Array.from({ length: count }, (_, n) => ({
    id: unique('m'),
    tenantId,
    topic,
    routingKey: 'task.moved',
    stream: `task-${stream}`,
    sequence: n + 1,
    headers: {},
    body: { n },
  }));
/** Sequences of a stream as they arrived, each message once. */
const listen = async ({ bus }: Opened, topic: string) => {
  const seen = new Map<string, Message>();
  const queue = unique('queue');
  const handle = async (message: Message) => void (seen.has(message.id) || seen.set(message.id, message));
  await bus.subscribe({ queue, bindings: [{ topic, pattern: '#' }], handle });
  const of = (stream: string) =>
    [...seen.values()].filter((each) => each.stream === `task-${stream}`).map(({ sequence }) => sequence);
  return { queue, of };
};
const relayFor = ({ bus, meter }: Opened, waiting: readonly Message[]) => {
  const outbox = memoryOutbox(waiting);
  const relay = startOutboxRelay({ outbox, bus, idleMs: 20, onError: () => undefined, meter });
  closing.push(() => relay.stop());
};
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1);

/** The server's own tool, which needs the server's own environment. */
const rabbitMqCtl = async (...args: readonly string[]): Promise<void> => {
  const pairs = (await readFile(`/proc/${broker.pid}/environ`, 'utf8'))
    .split('\0')
    .map((each) => each.split('='));
  const env = Object.fromEntries(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
  await promisify(execFile)('/usr/lib/rabbitmq/bin/rabbitmqctl', [...args], { env });
};

describe('a broker that', () => {
  it('refuses messages keeps them in the outbox, lets other streams pass, and gets them in order afterwards', async () => {
    const opened = await open();
    const [full, free] = [unique('full'), unique('free')];
    const good = await listen(opened, free);
    // A queue that is full and says so: what is published to it is not confirmed.
    const raw = await openRawChannel(broker.url);
    closing.push(() => raw.close());
    const queue = unique('queue');
    await raw.channel.assertExchange(full, 'topic', { durable: true });
    const limits = { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish' };
    await raw.channel.assertQueue(queue, { durable: true, arguments: limits });
    await raw.channel.bindQueue(queue, full, '#');
    relayFor(opened, [...messages(full, 'bad', 600), ...messages(free, 'good', 3)]);
    await waitUntil(
      'refusals',
      async () => (await metric(opened, 'rabbitmq_refused_messages_total')) > 0,
      WAIT,
    );
    await waitUntil('the other stream', () => good.of('good').length === 3, WAIT);
    expect(await metric(opened, 'outbox_unconfirmed_messages_total')).toBeGreaterThan(0);
    const taken: number[] = [];
    await raw.channel.consume(queue, (message) => {
      if (!message) return;
      taken.push(Number(message.properties.headers?.['message-sequence']));
      raw.channel.ack(message);
    });
    await waitUntil('the first of the rest', () => taken.length >= 3, WAIT);
    expect(taken.slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('closes connections is found again by publishers and consumers alike', async () => {
    const opened = await open();
    const topic = unique('topic');
    const { of } = await listen(opened, topic);
    const waiting = messages(topic, 'a', 5);
    relayFor(opened, waiting);
    await waitUntil('the first', () => of('a').length === 5, WAIT);
    await rabbitMqCtl('close_all_connections', 'maintenance');
    await waitUntil('a new connection', () => opened.bus.status().reconnects > 0, WAIT);
    const later = messages(topic, 'b', 5);
    waiting.push(...later);
    await waitUntil('what came later', () => of('b').length === 5, WAIT);
    expect(of('b')).toEqual(upTo(5));
    expect(await metric(opened, 'rabbitmq_reconnects_total')).toBeGreaterThanOrEqual(1);
    expect(await metric(opened, 'rabbitmq_connected')).toBe(1);
    expect(await metric(opened, 'rabbitmq_queue_open')).toBe(1);
  });

  it('has no room on its disk blocks publishers: the outbox keeps everything until there is room', async () => {
    const opened = await open();
    const topic = unique('topic');
    const { of } = await listen(opened, topic);
    // More than any disk has.
    closing.push(() => rabbitMqCtl('set_disk_free_limit', '1MB'));
    await rabbitMqCtl('set_disk_free_limit', '900000GB');
    const waiting = messages(topic, 'a', 1);
    relayFor(opened, waiting);
    // RabbitMQ says so only to those who publish; the first may slip through before its alarm is up.
    await waitUntil(
      'the alarm',
      async () => {
        if ((await metric(opened, 'rabbitmq_blocked')) === 1) return true;
        waiting.push(...messages(topic, unique('s'), 1));
        return false;
      },
      WAIT,
    );
    const late = messages(topic, 'late', 3);
    waiting.push(...late);
    await waitUntil('some tries', async () => (await metric(opened, 'outbox_waiting_messages')) >= 3, WAIT);
    expect(of('late')).toEqual([]);
    await rabbitMqCtl('set_disk_free_limit', '1MB');
    await waitUntil('the rest', () => of('late').length === 3, WAIT);
    expect(of('late')).toEqual(upTo(3));
    expect(await metric(opened, 'rabbitmq_blocked')).toBe(0);
  });

  it('is killed and comes back gets what waited, in order', async () => {
    const opened = await open();
    await broker.kill();
    await waitUntil(
      'its loss to be noticed',
      async () => (await metric(opened, 'rabbitmq_connected')) === 0,
      WAIT,
    );
    const topic = unique('topic');
    const { of } = await listen(opened, topic);
    relayFor(opened, [...messages(topic, 'a', 20), ...messages(topic, 'b', 20)]);
    await broker.restart();
    for (const stream of ['a', 'b']) {
      await waitUntil(`stream ${stream}`, () => of(stream).length === 20, WAIT);
      expect(of(stream)).toEqual(upTo(20));
    }
  });
});

it('counts what nobody wants, and what cannot be read', async () => {
  const opened = await open();
  const topic = unique('topic');
  await opened.bus.publish(messages(topic, 'a', 2));
  expect(await metric(opened, 'rabbitmq_unroutable_messages_total')).toBe(2);
  const { of } = await listen(opened, topic);
  const raw = await openRawChannel(broker.url);
  closing.push(() => raw.close());
  raw.channel.publish(topic, 'task.moved', Buffer.from('{ not json'));
  await raw.channel.waitForConfirms();
  relayFor(opened, messages(topic, 'b', 1));
  await waitUntil('the good one', () => of('b').length === 1, WAIT);
  await waitUntil(
    'the other',
    async () => (await metric(opened, 'rabbitmq_malformed_messages_total')) === 1,
    WAIT,
  );
});

describe('messages of one tenant', () => {
  it('share the transactions of their consumer, and stay in order', async () => {
    const { bus } = await open();
    const topic = unique('topic');
    const groups: (readonly Message[])[] = [];
    await bus.subscribe({
      queue: unique('queue'),
      bindings: [{ topic, pattern: '#' }],
      handle: async (message) => void groups.push([message]),
      handleTogether: async (group) => void groups.push(group),
    });
    const streams = upTo(40).map((n) => `s${n}`);
    relayFor(
      { bus, meter: prometheusMeter({ service: 'test', isProcessMeasured: false }) },
      streams.flatMap((stream) => messages(topic, stream, 3)),
    );
    await waitUntil('all', () => groups.flat().length >= 120, WAIT);
    for (const stream of streams) {
      const order = groups.flat().filter((message) => message.stream === `task-${stream}`);
      expect(order.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    }
    for (const group of groups) expect(new Set(group.map(({ stream }) => stream)).size).toBe(group.length);
    expect(groups.length).toBeLessThan(120);
  });
});
