import { beforeEach, describe, expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import type { Message } from '../message-bus.port.ts';
import type { DueMessage, ParkedMessages, Parking } from '../parked-messages.port.ts';

const LEASE_MS = 60_000;
const tenantId = newTenantId(systemClock);
const failure = { code: 'SOME_CODE', text: 'It did not work.' };
let fresh = 0;
const unique = (name: string): string => `${name}${process.pid}${(fresh += 1)}`;

type Opened = {
  readonly parked: ParkedMessages;
  /** Another handle on the same messages, as another process has. */
  readonly other: ParkedMessages;
  /** How many of one stream it was told to take. */
  readonly perStreamMax: number;
};

/** The promises of the ParkedMessages port. Call it once per adapter. */
export const describeParkedMessagesContract = (adapter: string, open: () => Promise<Opened>) =>
  describe(`${adapter} keeps the ParkedMessages contract`, () => {
    let opened: Opened;
    let consumer: string;
    let stream: Message['stream'];
    beforeEach(async () => {
      opened = await open();
      consumer = unique('consumer');
      stream = `task-${unique('')}`;
    });
    const message = (sequence: number): Message => ({
      id: unique('m'),
      tenantId,
      topic: 'project_events',
      routingKey: 'task.created',
      stream,
      sequence,
      headers: { 'x-request-id': 'r' },
      body: { sequence },
    });
    const park = async (sequence: number, state: Parking['state'], waitMs = 0): Promise<Message> => {
      const parking = { consumer, message: message(sequence), state, attempts: 1, failure, waitMs };
      expect(await opened.parked.park(parking)).toBe('parked');
      return parking.message;
    };
    const claim = async (by: ParkedMessages = opened.parked, limit = 10): Promise<readonly DueMessage[]> => {
      const claims = await Promise.all(
        by.shards().map((shard) => by.claim(shard, [consumer], limit, LEASE_MS)),
      );
      return claims.flatMap(({ due }) => due);
    };
    /** Settles on whichever shard it is; on the others there is nothing to settle. */
    const settle = async (due: DueMessage, settlement: Parameters<ParkedMessages['settle']>[2]) => {
      const { parked } = opened;
      const next = await Promise.all(
        parked.shards().map((shard) => parked.settle(shard, due, settlement, LEASE_MS)),
      );
      return next.find((each) => each !== undefined);
    };
    const one = <Item>(items: readonly Item[]): Item => {
      expect(items).toHaveLength(1);
      return items[0] as Item;
    };

    it('hands a message over as it was parked', async () => {
      const parked = await park(1, 'retrying');
      expect(await claim()).toEqual([{ consumer, message: parked, state: 'retrying', attempts: 1 }]);
    });

    it('hands it to one only', async () => {
      await park(1, 'retrying');
      const claims = await Promise.all([claim(), claim(opened.other), claim(), claim(opened.other)]);
      expect(claims.flat()).toHaveLength(1);
    });

    it('hands over nothing of other consumers', async () => {
      await park(1, 'retrying');
      consumer = unique('consumer');
      expect(await claim()).toEqual([]);
    });

    it('hands over nothing before it is due, and says when it will be', async () => {
      await park(1, 'retrying', 50_000);
      const { parked } = opened;
      const claims = await Promise.all(
        parked.shards().map((shard) => parked.claim(shard, [consumer], 10, LEASE_MS)),
      );
      expect(claims.flatMap(({ due }) => due)).toEqual([]);
      const [next] = claims.flatMap(({ nextMs }) => nextMs ?? []);
      expect(next).toBeGreaterThan(0);
      expect(next).toBeLessThanOrEqual(50_000);
    });

    it('hands over the head of a stream alone, in whatever order they were parked', async () => {
      await park(3, 'held');
      const head = await park(2, 'retrying');
      await park(4, 'held');
      expect(one(await claim()).message).toEqual(head);
      expect(await claim()).toEqual([]);
    });

    it('hands over nothing behind a dead head', async () => {
      await park(1, 'dead');
      await park(2, 'held');
      await park(3, 'retrying');
      expect(await claim()).toEqual([]);
    });

    it('gives the next held one, in order, to whoever has handled a head', async () => {
      await park(1, 'retrying');
      await park(3, 'held');
      await park(2, 'held');
      const second = await settle(one(await claim()), { status: 'handled' });
      expect(second?.message.sequence).toBe(2);
      expect(await claim(opened.other)).toEqual([]);
      const third = second && (await settle(second, { status: 'handled' }));
      expect(third?.message.sequence).toBe(3);
      expect(third && (await settle(third, { status: 'handled' }))).toBeUndefined();
    });

    it('keeps what became of a failure', async () => {
      await park(1, 'retrying');
      const parking = { state: 'retrying', attempts: 2, failure, waitMs: 0 } as const;
      expect(await settle(one(await claim()), { status: 'failed', parking })).toBeUndefined();
      expect(one(await claim())).toMatchObject({ state: 'retrying', attempts: 2 });
    });

    it('holds a stream from the moment its head is given up', async () => {
      await park(1, 'retrying');
      await park(2, 'held');
      const parking = { state: 'dead', attempts: 2, failure, waitMs: 0 } as const;
      await settle(one(await claim()), { status: 'failed', parking });
      expect(await claim()).toEqual([]);
    });

    it('hands over a postponed one later, as it was', async () => {
      const parked = await park(1, 'held');
      await settle(one(await claim()), { status: 'postponed', waitMs: 0 });
      expect(await claim()).toEqual([{ consumer, message: parked, state: 'held', attempts: 1 }]);
    });

    it('leaves a message that is parked already as it is', async () => {
      const parked = await park(1, 'dead');
      const again = { consumer, message: parked, attempts: 1, failure, waitMs: 0 };
      expect(await opened.parked.park({ ...again, state: 'retrying' })).toBe('parked');
      expect(await claim()).toEqual([]);
    });

    it('takes only so many of a stream, and then says that it is full', async () => {
      await park(1, 'dead');
      const beyond = { consumer, state: 'held', attempts: 0, failure, waitMs: 0 } as const;
      const last = { ...beyond, message: message(opened.perStreamMax) };
      expect(await opened.parked.park(last)).toBe('parked');
      const next = { ...beyond, message: message(opened.perStreamMax + 1) };
      expect(await opened.parked.park(next)).toBe('full');
    });

    it('counts what is parked by state', async () => {
      const { parked } = opened;
      const total = async (state: 'dead' | 'held'): Promise<number> => {
        const claims = await Promise.all(parked.shards().map((shard) => parked.claim(shard, [], 10, 1)));
        return claims.reduce((sum, { counts }) => sum + (counts?.[state] ?? 0), 0);
      };
      const before = [await total('dead'), await total('held')] as const;
      await park(1, 'dead');
      await park(2, 'held');
      await park(3, 'held');
      expect([await total('dead'), await total('held')]).toEqual([before[0] + 1, before[1] + 2]);
    });
  });
