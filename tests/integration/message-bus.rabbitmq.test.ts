import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import { startRabbitMq, waitUntil, type RunningRabbitMq } from '@saas/local-stack';
import type { Message } from '@saas/messaging';
import { describeMessageBusContract } from '@saas/messaging/testing';
import { rabbitMqMessageBus, type RabbitMqMessageBus, type RabbitMqOptions } from '@saas/rabbitmq';
import { openRawChannel } from '@saas/rabbitmq/testing';
import { brokerEnvironment, isQueueOnDisk } from '../support/broker-files.ts';

// A broker takes several seconds to start, and most of these tests stop or stun one.
jest.setTimeout(120_000);

let broker: RunningRabbitMq;
const opened: RabbitMqMessageBus[] = [];
beforeAll(async () => {
  broker = await startRabbitMq();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
});
afterAll(() => broker.stop());

const open = async (options: Partial<RabbitMqOptions> = {}): Promise<RabbitMqMessageBus> => {
  const quickly = { attempts: 2, baseMs: 5, maxMs: 20 };
  const base = { url: broker.url, name: 'test', retries: quickly, onFailure: () => undefined };
  const bus = await rabbitMqMessageBus({ ...base, ...options });
  opened.push(bus);
  return bus;
};

let fresh = 0;
const unique = (name: string): string => `${name}-${process.pid}-${(fresh += 1)}`;
const tenantId = newTenantId(systemClock);
const messages = (topic: string, stream: string, count: number): readonly Message[] =>
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
/** What arrived, each message once, as `stream sequence` in the order of arrival. */
const journal = () => {
  const seen = new Map<string, string>();
  const handle = async ({ id, stream, sequence }: Message): Promise<void> => {
    if (!seen.has(id)) seen.set(id, `${stream} ${sequence}`);
  };
  const of = (stream: string) =>
    [...seen.values()]
      .filter((each) => each.startsWith(`task-${stream} `))
      .map((each) => Number(each.split(' ')[1]));
  return { seen, handle, of };
};
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1);
const isUp = (bus: RabbitMqMessageBus) => () =>
  bus.status().connection === 'up' && bus.status().queues.every(({ status }) => status === 'open');
/** Publishes until everything is confirmed, as a relay does. */
const publishAll = async (bus: RabbitMqMessageBus, all: readonly Message[]): Promise<void> => {
  let pending = all;
  await waitUntil('everything to be confirmed', async () => {
    const confirmed = await bus.publish(pending);
    pending = pending.filter(({ id }) => !confirmed.has(id));
    return pending.length === 0;
  });
};

describeMessageBusContract('rabbitMqMessageBus', () => open());

describe('a broker that is killed', () => {
  it('keeps what it confirmed; the rest is reported as not confirmed', async () => {
    const bus = await open();
    const topic = unique('topic');
    const queue = unique('queue');
    const bindings = [{ topic, pattern: '#' }];
    const idle = await bus.subscribe({ queue, bindings, handle: async () => undefined });
    await idle.close();
    await waitUntil('the queue to be on disk', () => isQueueOnDisk(broker, queue));

    const all = ['a', 'b', 'c', 'd'].map((stream) => messages(topic, stream, 2_000)).flat();
    const publishing = bus.publish(all);
    await waitUntil('something to be under way', () => bus.status().unconfirmed > 0);
    await broker.kill();
    const confirmed = await publishing;
    expect(confirmed.size).toBeLessThan(all.length);
    expect(await bus.publish(all.slice(-1))).toEqual(new Set());

    await broker.restart();
    const { handle, seen } = journal();
    await waitUntil('the bus to be back', isUp(bus));
    await bus.subscribe({ queue, bindings, handle });
    await waitUntil('all that was confirmed', () => [...confirmed].every((id) => seen.has(id)));
  });

  it('loses nothing and reorders nothing when the rest is published again', async () => {
    const bus = await open();
    const topic = unique('topic');
    const { handle, of } = journal();
    const queue = unique('queue');
    await bus.subscribe({ queue, bindings: [{ topic, pattern: '#' }], handle });
    await waitUntil('the queue to be on disk', () => isQueueOnDisk(broker, queue));
    const all = ['a', 'b', 'c', 'd'].map((stream) => messages(topic, stream, 500)).flat();
    const publishing = bus.publish(all);
    await waitUntil('something to arrive', () => of('a').length > 5);
    await broker.kill();
    const confirmed = await publishing;
    await broker.restart();
    await publishAll(
      bus,
      all.filter(({ id }) => !confirmed.has(id)),
    );
    for (const stream of ['a', 'b', 'c', 'd']) {
      await waitUntil(`all of stream ${stream}`, () => of(stream).length >= 500);
      expect(of(stream)).toEqual(upTo(500));
    }
    expect(bus.status().reconnects).toBeGreaterThan(0);
  });

  it('may be away when the bus opens and subscribes', async () => {
    await broker.kill();
    const bus = await open();
    expect(bus.status().connection).toBe('away');
    const topic = unique('topic');
    const { handle, of } = journal();
    await bus.subscribe({ queue: unique('queue'), bindings: [{ topic, pattern: '#' }], handle });
    await broker.restart();
    await waitUntil('the bus to be up', isUp(bus));
    await publishAll(bus, messages(topic, 'a', 3));
    await waitUntil('what was published', () => of('a').length === 3);
  });
});

describe('a broker that does not take messages', () => {
  it('does not answer: nothing counts as confirmed, and nothing is written twice', async () => {
    const bus = await open({ confirmMs: 200 });
    const topic = unique('topic');
    const arrived: string[] = [];
    const handle = async ({ id }: Message) => void arrived.push(id);
    await bus.subscribe({ queue: unique('queue'), bindings: [{ topic, pattern: '#' }], handle });
    const [first, second, third] = messages(topic, 'a', 3) as [Message, Message, Message];
    await publishAll(bus, [first]);
    await broker.kill('SIGSTOP');
    const tries = [await bus.publish([second, third]), await bus.publish([second, third])];
    // Before anything may fail: a broker that stands still would keep the other tests from ending.
    await broker.kill('SIGCONT');
    expect(tries).toEqual([new Set(), new Set()]);
    await publishAll(bus, [second, third]);
    await waitUntil('all three', () => arrived.length >= 3);
    expect(arrived).toEqual([first.id, second.id, third.id]);
  });

  it('is short of memory: publishing waits, gives up at its deadline, and goes on afterwards', async () => {
    const bus = await open({ confirmMs: 200 });
    const topic = unique('topic');
    await rabbitMqCtl('set_vm_memory_high_watermark', 'absolute', '1MB');
    await waitUntil('the alarm', async () => {
      // RabbitMQ says so only to those who publish.
      await bus.publish(messages(topic, unique('s'), 1));
      return bus.status().connection === 'blocked';
    });
    const all = messages(topic, 'a', 3);
    expect(await bus.publish(all)).toEqual(new Set());
    await rabbitMqCtl('set_vm_memory_high_watermark', 'absolute', '256MB');
    await publishAll(bus, all);
    expect(bus.status().connection).toBe('up');
  });
});

describe('a message', () => {
  it('that keeps failing holds back its own stream alone, and is handled in its turn', async () => {
    const failures: (Message | undefined)[] = [];
    const bus = await open({ onFailure: (_, message) => failures.push(message) });
    const topic = unique('topic');
    const { handle, of } = journal();
    let isBroken = true;
    await bus.subscribe({
      queue: unique('queue'),
      bindings: [{ topic, pattern: '#' }],
      handle: async (message) => {
        if (isBroken && message.stream === 'task-bad' && message.sequence === 2) throw new Error('poison');
        await handle(message);
      },
    });
    await publishAll(bus, messages(topic, 'bad', 6));
    // More than twice the attempts in place: it was given back to its queue, and came again.
    await waitUntil('several rounds', () => failures.length >= 6);
    await publishAll(bus, messages(topic, 'good', 6));
    await waitUntil('the other stream', () => of('good').length === 6);
    expect(of('bad')).toEqual([1]);
    isBroken = false;
    await waitUntil('the rest', () => of('bad').length === 6);
    expect(of('bad')).toEqual(upTo(6));
    expect(new Set(failures.map((message) => message?.sequence))).toEqual(new Set([2]));
  });

  it('that cannot be read is set aside, told, and holds up nobody', async () => {
    const codes: unknown[] = [];
    const bus = await open({ onFailure: (error) => codes.push((error as { code?: unknown }).code) });
    const topic = unique('topic');
    const queue = unique('queue');
    const { handle, of } = journal();
    await bus.subscribe({ queue, bindings: [{ topic, pattern: '#' }], handle });
    const raw = await openRawChannel(broker.url);
    raw.channel.publish(topic, 'task.moved', Buffer.from('{ not json'), { headers: { trace: 't' } });
    raw.channel.publish(topic, 'task.moved', Buffer.from('{}'));
    await raw.channel.waitForConfirms();
    await publishAll(bus, messages(topic, 'a', 2));
    await waitUntil('the good ones', () => of('a').length === 2);
    await waitUntil('both to be set aside', () => bus.status().queues[0]?.malformed === 2);
    const kept = await raw.channel.get(`${queue}.malformed`);
    await raw.close();
    expect(kept && kept.content.toString()).toBe('{ not json');
    expect(kept && kept.properties.headers).toMatchObject({ trace: 't', 'malformed-exchange': topic });
    expect(codes).toEqual(['MESSAGE_MALFORMED', 'MESSAGE_MALFORMED']);
  });

  it('that nobody wants is confirmed and counted', async () => {
    const unwanted: string[] = [];
    const bus = await open({ onUnroutable: ({ id }) => unwanted.push(id) });
    const all = messages(unique('topic'), 'a', 2);
    expect((await bus.publish(all)).size).toBe(2);
    expect([unwanted, bus.status().unroutable]).toEqual([all.map(({ id }) => id), 2]);
  });

  it('that is no JSON is not confirmed, and holds back its stream alone', async () => {
    const failed: unknown[] = [];
    const bus = await open({ onFailure: (_, message) => failed.push(message?.id) });
    const topic = unique('topic');
    const [bad, next] = messages(topic, 'a', 2) as [Message, Message];
    const other = messages(topic, 'b', 1);
    const confirmed = await bus.publish([{ ...bad, body: 1n }, next, ...other]);
    expect(confirmed).toEqual(new Set(other.map(({ id }) => id)));
    expect(failed).toEqual([bad.id]);
  });
});

describe('a subscription', () => {
  it('comes back after its queue was deleted', async () => {
    const bus = await open();
    const topic = unique('topic');
    const queue = unique('queue');
    const { handle, of } = journal();
    await bus.subscribe({ queue, bindings: [{ topic, pattern: '#' }], handle });
    const raw = await openRawChannel(broker.url);
    await raw.channel.deleteQueue(queue);
    await waitUntil('its end to be noticed', () => bus.status().queues[0]?.status === 'away');
    await waitUntil('its return', isUp(bus));
    await raw.close();
    await publishAll(bus, messages(topic, 'a', 1));
    await waitUntil('a message', () => of('a').length === 1);
  });

  it('is refused when its queue exists with other arguments', async () => {
    const bus = await open();
    const queue = unique('queue');
    const raw = await openRawChannel(broker.url);
    await raw.channel.assertQueue(queue, { durable: true });
    const handle = async () => undefined;
    await expect(bus.subscribe({ queue, bindings: [], handle })).rejects.toThrow('PRECONDITION');
    await raw.close();
    expect(bus.status()).toMatchObject({ connection: 'up', queues: [] });
  });

  it('is finished with what it has in hand when the bus closes, and leaves the rest to the next', async () => {
    const topic = unique('topic');
    const queue = unique('queue');
    const bindings = [{ topic, pattern: '#' }];
    const bus = await open();
    let finish = (): void => undefined;
    const isFinished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const begun: number[] = [];
    await bus.subscribe({
      queue,
      bindings,
      handle: async ({ sequence }) => {
        begun.push(sequence);
        await isFinished;
      },
    });
    await publishAll(bus, messages(topic, 'a', 3));
    await waitUntil('the first', () => begun.length === 1);
    const closing = bus.close();
    finish();
    await closing;
    expect(begun).toEqual([1]);
    expect(bus.status().connection).toBe('closed');

    const next = await open();
    const { handle, of } = journal();
    await next.subscribe({ queue, bindings, handle });
    await waitUntil('the rest', () => of('a').length === 2);
    expect(of('a')).toEqual([2, 3]);
  });
});

it('refuses a URL of another protocol, without repeating it', async () => {
  await expect(open({ url: 'http://user:secret@localhost' })).rejects.toMatchObject({
    code: 'RABBITMQ_URL_INVALID',
    fields: {},
  });
});

/** The server's own tool, which needs the server's own environment. */
const rabbitMqCtl = async (...args: readonly string[]): Promise<void> => {
  const env = await brokerEnvironment(broker);
  await promisify(execFile)('/usr/lib/rabbitmq/bin/rabbitmqctl', [...args], { env });
};
