import { beforeEach, describe, expect, it } from '@jest/globals';
import { bucketOfId, newTenantId, systemClock, type TenantId } from '@saas/kernel';
import { undeclaredEvents, type EventCodec } from '../event-codec.ts';
import type { Append, Claim, StreamAppend } from '../event-store.port.ts';
import type { StreamId } from '../recorded-event.ts';
import { describeCauses } from './causes.contract.ts';
import { added, metadata, unique, type Opened } from './counting.ts';
import { describeStoredForms } from './stored-forms.contract.ts';
import { describeStreamPages } from './stream-pages.contract.ts';

/** Another tenant of the same bucket, hence in the same database. */
const neighbourOf = (tenantId: TenantId): TenantId => {
  for (;;) {
    const other = newTenantId(systemClock);
    if (bucketOfId(other) === bucketOfId(tenantId)) return other;
  }
};

const aClaim = (): Claim => ({ scope: 'ada', key: unique('key'), requestHash: 'hash' });
const announced = (what: string) => ({
  topic: 'counter_events',
  routingKey: `counter.${what}`,
  body: { what },
});

/** The promises of the EventStore port. Call it once per adapter. */
export const describeEventStoreContract = (adapter: string, open: (codec: EventCodec) => Promise<Opened>) =>
  describe(`${adapter} keeps the EventStore contract`, () => {
    let opened: Opened;
    let counter: StreamId;
    let tenantId: TenantId;
    beforeEach(async () => {
      opened = await open(undeclaredEvents);
      counter = unique('counter');
      tenantId = newTenantId(systemClock);
    });
    const append = (streams: readonly StreamAppend[], rest: Partial<Append> = {}) =>
      opened.store.append({ tenantId, metadata, streams, ...rest });
    const add = (expectedVersion: number, n: number, rest: Partial<Append> = {}) =>
      append([{ stream: counter, expectedVersion, events: [added(n)] }], rest);
    const read = async (stream = counter) => (await opened.store.read(tenantId, [stream]))[0];
    const conflict = expect.objectContaining({ code: 'VERSION_CONFLICT' });

    describe('reading', () => {
      it('finds an unknown stream empty, at version 0', async () => {
        expect(await read()).toEqual({ events: [], version: 0 });
      });

      it('gives events back whole and in the order they were appended', async () => {
        await append([{ stream: counter, expectedVersion: 0, events: [added(1), added(2)] }]);
        await add(2, 3);
        expect(await read()).toMatchObject({
          version: 3,
          events: [1, 2, 3].map((n) => ({ ...added(n), stream: counter, version: n, tenantId, metadata })),
        });
      });

      it('answers for every stream asked, in the order asked', async () => {
        const other = unique('counter');
        await add(0, 1);
        const slices = await opened.store.read(tenantId, [other, counter]);
        expect(slices.map(({ version }) => version)).toEqual([0, 1]);
      });

      it('stops at the version asked for', async () => {
        await append([{ stream: counter, expectedVersion: 0, events: [added(1), added(2), added(3)] }]);
        const [slice] = await opened.store.read(tenantId, [counter], { upTo: [2] });
        expect(slice).toMatchObject({ version: 2, events: [added(1), added(2)] });
      });

      it("finds another tenant's stream empty", async () => {
        await add(0, 1);
        const [slice] = await opened.store.read(newTenantId(systemClock), [counter]);
        expect(slice).toEqual({ events: [], version: 0 });
      });
    });

    describeCauses(open);
    describeStoredForms(open);
    describeStreamPages(open);

    describe('snapshots', () => {
      const keep = () =>
        append([
          {
            stream: counter,
            expectedVersion: 0,
            events: [added(1), added(2)],
            snapshot: { schemaVersion: 1, state: { total: 3 } },
          },
        ]);

      it('stand in for the events before them', async () => {
        await keep();
        await add(2, 3);
        const [slice] = await opened.store.read(tenantId, [counter], { snapshots: 1 });
        expect(slice).toMatchObject({
          version: 3,
          snapshot: { version: 2, state: { total: 3 } },
          events: [added(3)],
        });
      });

      it('are ignored when the reader understands another schema version', async () => {
        await keep();
        const [slice] = await opened.store.read(tenantId, [counter], { snapshots: 2 });
        expect(slice).toMatchObject({ version: 2, events: [added(1), added(2)] });
        expect(slice).not.toHaveProperty('snapshot');
      });

      it('are ignored when the reader asks for an older version', async () => {
        await keep();
        const [slice] = await opened.store.read(tenantId, [counter], { snapshots: 1, upTo: [1] });
        expect(slice).toMatchObject({ version: 1, events: [added(1)] });
      });
    });

    describe('appending', () => {
      it.each([0, 2])('is refused at version %i of a stream at 1', async (stale) => {
        await add(0, 1);
        await expect(add(stale, 9)).rejects.toEqual(conflict);
        expect(await read()).toMatchObject({ version: 1 });
      });

      it('lets exactly one of many racing appends win', async () => {
        const race = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => add(0, n)));
        expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await read()).toMatchObject({ version: 1 });
      });

      it('stores several streams together or not at all', async () => {
        const other = unique('counter');
        await add(0, 1);
        const both = (expectedVersion: number) =>
          append([
            { stream: other, expectedVersion: 0, events: [added(1)] },
            { stream: counter, expectedVersion, events: [added(2)] },
          ]);
        await expect(both(0)).rejects.toEqual(conflict);
        expect(await read(other)).toMatchObject({ version: 0 });
        expect(await both(1)).toMatchObject({
          streams: [
            { stream: other, version: 1 },
            { stream: counter, version: 2 },
          ],
        });
      });

      it('is refused when a stream it depends on has moved', async () => {
        const other = unique('counter');
        await add(0, 1);
        const dependent = (version: number) =>
          append([{ stream: other, expectedVersion: 0, events: [added(1)] }], {
            dependsOn: [{ stream: counter, version }],
          });
        await expect(dependent(0)).rejects.toEqual(conflict);
        await expect(dependent(2)).rejects.toEqual(conflict);
        await expect(dependent(1)).resolves.toMatchObject({ streams: [{ version: 1 }] });
      });

      it("cannot touch another tenant's stream", async () => {
        await add(0, 1);
        const foreign = { tenantId: neighbourOf(tenantId) };
        await expect(add(1, 2, foreign)).rejects.toEqual(conflict);
        await expect(add(0, 2, foreign)).rejects.toEqual(conflict);
        expect(await read()).toMatchObject({ version: 1 });
      });
    });

    describe('the outbox', () => {
      it('numbers the announcements of a stream without gaps, whatever the versions of the events', async () => {
        await append([
          {
            stream: counter,
            expectedVersion: 0,
            events: [added(1), added(2)],
            announcements: [announced('a')],
          },
        ]);
        await add(2, 3);
        await append([
          {
            stream: counter,
            expectedVersion: 3,
            events: [added(4)],
            announcements: [announced('b'), announced('c')],
          },
        ]);
        const messages = await opened.outboxOf([counter]);
        expect(messages.map(({ sequence, routingKey }) => [sequence, routingKey])).toEqual([
          [1, 'counter.a'],
          [2, 'counter.b'],
          [3, 'counter.c'],
        ]);
        expect(messages[0]).toMatchObject({
          tenantId,
          stream: counter,
          topic: 'counter_events',
          body: { what: 'a' },
        });
      });

      it('keeps nothing of an append that was refused', async () => {
        await add(0, 1);
        await append([
          { stream: counter, expectedVersion: 0, events: [added(2)], announcements: [announced('b')] },
        ]).catch(() => undefined);
        expect(await opened.outboxOf([counter])).toEqual([]);
      });
    });

    describe('a claim', () => {
      it('is remembered with the versions it led to', async () => {
        const claim = aClaim();
        expect(await opened.store.honoured(tenantId, claim)).toBeUndefined();
        await add(0, 1, { claim });
        await add(1, 2);
        expect(await opened.store.honoured(tenantId, claim)).toEqual([{ stream: counter, version: 1 }]);
      });

      it('is honoured once', async () => {
        const claim = aClaim();
        await add(0, 1, { claim });
        await expect(add(1, 2, { claim })).rejects.toEqual(conflict);
        expect(await read()).toMatchObject({ version: 1 });
      });

      it('is honoured once when many race with it over different streams', async () => {
        const claim = aClaim();
        const race = await Promise.allSettled(
          Array.from({ length: 8 }, () =>
            append([{ stream: unique('counter'), expectedVersion: 0, events: [added(1)] }], { claim }),
          ),
        );
        expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      });

      it('is refused when it comes back with another request', async () => {
        const claim = aClaim();
        await add(0, 1, { claim });
        await expect(
          opened.store.honoured(tenantId, { ...claim, requestHash: 'other' }),
        ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
      });

      it('belongs to its tenant and its scope', async () => {
        const claim = aClaim();
        await add(0, 1, { claim });
        expect(await opened.store.honoured(newTenantId(systemClock), claim)).toBeUndefined();
        expect(await opened.store.honoured(tenantId, { ...claim, scope: 'eve' })).toBeUndefined();
      });
    });

    describe('a receipt', () => {
      const receive = (sequence: number, source: StreamId, consumer = 'mailer') =>
        append([], { receipts: [{ consumer, messageId: unique('m'), stream: source, sequence }] });

      it('takes messages of a stream once and in order', async () => {
        const source = unique('source');
        await receive(1, source);
        await expect(receive(1, source)).rejects.toMatchObject({ code: 'MESSAGE_ALREADY_RECEIVED' });
        await expect(receive(3, source)).rejects.toMatchObject({ code: 'MESSAGE_EARLY' });
        await expect(receive(2, source)).resolves.toEqual(expect.anything());
      });

      it('is taken together with others, or none is', async () => {
        const [one, two] = [unique('source'), unique('source')];
        const both = (first: number, second: number) =>
          append([], {
            receipts: [
              { consumer: 'mailer', messageId: unique('m'), stream: one, sequence: first },
              { consumer: 'mailer', messageId: unique('m'), stream: two, sequence: second },
            ],
          });
        await receive(1, one);
        await expect(both(2, 2)).rejects.toMatchObject({ code: 'MESSAGE_EARLY' });
        await expect(both(1, 1)).rejects.toMatchObject({ code: 'MESSAGE_ALREADY_RECEIVED' });
        await expect(both(2, 1)).resolves.toEqual(expect.anything());
        await expect(receive(2, two)).resolves.toEqual(expect.anything());
      });

      it('is taken together with its successors, when they follow one right after the other', async () => {
        const source = unique('source');
        const several = (...sequences: readonly number[]) =>
          append([], {
            receipts: sequences.map((sequence) => ({
              consumer: 'mailer',
              messageId: unique('m'),
              stream: source,
              sequence,
            })),
          });
        await several(1, 2, 3);
        await expect(several(3, 4)).rejects.toMatchObject({ code: 'MESSAGE_ALREADY_RECEIVED' });
        await expect(several(4, 6)).rejects.toMatchObject({ code: 'MESSAGE_EARLY' });
        await expect(several(5, 6)).rejects.toMatchObject({ code: 'MESSAGE_EARLY' });
        await expect(several(4, 5)).resolves.toEqual(expect.anything());
        await expect(receive(6, source)).resolves.toEqual(expect.anything());
      });

      it('is counted apart for each consumer', async () => {
        const source = unique('source');
        await receive(1, source);
        await expect(receive(1, source, 'counter')).resolves.toEqual(expect.anything());
      });

      it('stores nothing of what a repeated message would cause', async () => {
        const source = unique('source');
        const receipt = { consumer: 'mailer', messageId: 'm', stream: source, sequence: 1 };
        const race = await Promise.allSettled(
          Array.from({ length: 8 }, () =>
            append([{ stream: unique('counter'), expectedVersion: 0, events: [added(1)] }], {
              receipts: [receipt],
            }),
          ),
        );
        expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      });
    });
  });
