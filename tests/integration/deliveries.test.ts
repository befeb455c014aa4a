import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@saas/local-stack';
import { deliveryErrors, type DeliveringOptions } from '@saas/notifications';
import { accepting, openLanes, type LanesUnderTest } from '../support/delivery-lanes.ts';

let lanes: LanesUnderTest;
beforeAll(async () => {
  lanes = await openLanes();
});
afterAll(() => lanes.stop());

const HOUR_MS = 60 * 60_000;
const LEASE_MS = 60_000;

type Person = ReturnType<LanesUnderTest['person']>;
const tell = ({ userId, tenantId }: Person, way?: Parameters<LanesUnderTest['tell']>[2]) =>
  lanes.tell(userId, tenantId, way);
const only = async ({ tenantId }: Person) => {
  const rows = await lanes.rows(tenantId);
  if (rows.length !== 1 || !rows[0]) throw new Error(`There are ${rows.length} deliveries.`);
  return rows[0];
};
const untilState = (person: Person, state: string) =>
  waitUntil(`the delivery to be ${state}`, async () => {
    const row = await only(person);
    return row.state === state && row;
  });

describe('a delivery', () => {
  it('is queued with its notification, once for each channel that leads out', async () => {
    const ada = lanes.person();
    const id = await tell(ada, { channels: ['IN_APP', 'EMAIL', 'WEBHOOK'] });
    const rows = await lanes.rows(ada.tenantId);
    expect(rows).toMatchObject([
      { deliveryId: `${id}-email`, channel: 'EMAIL', state: 'waiting', attempts: 0 },
      { deliveryId: `${id}-webhook`, channel: 'WEBHOOK', state: 'waiting', attempts: 0 },
    ]);
  });

  it('counts as sent only when it was accepted', async () => {
    const ada = lanes.person();
    await tell(ada);
    let accept = (): void => undefined;
    const accepted = new Promise<void>((resolve) => {
      accept = resolve;
    });
    const senders = lanes.start({ send: () => accepted });
    expect(await untilState(ada, 'sending')).toMatchObject({ settledAt: null });
    accept();
    expect(await untilState(ada, 'sent')).toMatchObject({ attempts: 1, lastError: null });
    await senders.stop();
  });

  it('is sent by one of several processes that look for it at once', async () => {
    const people = Array.from({ length: 30 }, () => lanes.person());
    const outside = accepting();
    const senders = Array.from({ length: 3 }, () => lanes.start(outside));
    await Promise.all(people.map((person) => tell(person)));
    for (const person of people) await untilState(person, 'sent');
    await Promise.all(senders.map((each) => each.stop()));
    const sent = outside.accepted.map(({ deliveryId }) => deliveryId);
    expect(new Set(sent).size).toBe(30);
    expect(sent).toHaveLength(30);
  });

  it('that is refused is tried again after a longer and longer pause, and then given up, visibly', async () => {
    const ada = lanes.person();
    await tell(ada);
    const senders = lanes.start({
      send: async () => {
        throw deliveryErrors.MAIL_UNAVAILABLE();
      },
    });
    for (const [attempt, pause] of [1_000, 2_000, 4_000].entries()) {
      const row = await waitUntil('the attempt', async () => {
        const found = await only(ada);
        return found.attempts === attempt + 1 && found.state === 'waiting' && found;
      });
      expect(row.dueAt.getTime() - lanes.clock.now().getTime()).toBe(pause);
      expect(row.lastError).toBe('MAIL_UNAVAILABLE');
      lanes.clock.advance(pause);
    }
    expect(await untilState(ada, 'failed')).toMatchObject({ attempts: 4, lastError: 'MAIL_UNAVAILABLE' });
    await senders.stop();
  });

  it.each([
    ['failed', deliveryErrors.MAIL_REFUSED()],
    ['withheld', deliveryErrors.CONTACT_UNKNOWN()],
  ])('is %s at once when trying again is no use', async (state, error) => {
    const ada = lanes.person();
    await tell(ada);
    const senders = lanes.start({
      send: async () => {
        throw error;
      },
    });
    expect(await untilState(ada, state)).toMatchObject({ attempts: 1, lastError: error.code });
    await senders.stop();
  });
});

describe('a process that dies', () => {
  it('after the acceptance and before the note leaves a delivery that is sent again under the same id', async () => {
    const ada = lanes.person();
    const first = accepting();
    const isDead = () => first.accepted.length > 0;
    const database: DeliveringOptions['database'] = {
      asSystem: async (shard, work) => {
        if (isDead()) throw new Error('This process is dead.');
        return lanes.database.asSystem(shard, work);
      },
    };
    const dead = lanes.start({ ...first, database });
    await tell(ada);
    await waitUntil('the acceptance', isDead);
    await dead.stop();
    expect(await only(ada)).toMatchObject({ state: 'sending', attempts: 1 });

    const second = accepting();
    const alive = lanes.start(second);
    lanes.clock.advance(LEASE_MS + 1);
    expect(await untilState(ada, 'sent')).toMatchObject({ attempts: 2 });
    await alive.stop();
    const ids = [...first.accepted, ...second.accepted].map(({ deliveryId }) => deliveryId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('of the delivery itself, each time, does not do so for ever', async () => {
    const ada = lanes.person();
    await tell(ada);
    // As four processes left it that took it up and were gone.
    await lanes.database.write(ada.tenantId, (tx) =>
      tx.delivery.updateMany({ where: { tenantId: ada.tenantId }, data: { state: 'sending', attempts: 4 } }),
    );
    const outside = accepting();
    const senders = lanes.start(outside);
    expect(await untilState(ada, 'failed')).toMatchObject({ lastError: 'DELIVERY_ATTEMPTS_EXHAUSTED' });
    await senders.stop();
    expect(outside.accepted).toEqual([]);
  });

  it('and comes back late does not overrule who sent it meanwhile', async () => {
    const ada = lanes.person();
    await tell(ada);
    let fail: (error: Error) => void = () => undefined;
    const stuck = lanes.start({
      send: () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    });
    await untilState(ada, 'sending');
    const stopping = stuck.stop();
    lanes.clock.advance(LEASE_MS + 1);
    const senders = lanes.start(accepting());
    await untilState(ada, 'sent');
    fail(deliveryErrors.MAIL_REFUSED());
    await stopping;
    expect(await only(ada)).toMatchObject({ state: 'sent', attempts: 2, lastError: null });
    await senders.stop();
  });
});

describe('a digest', () => {
  it('goes out once, with all that came within its window, also when nobody ran meanwhile', async () => {
    const ada = lanes.person();
    const told = [];
    for (let each = 0; each < 3; each += 1) {
      told.push(await tell(ada, { digest: 'HOURLY' }));
      lanes.clock.advance(HOUR_MS / 4);
    }
    expect(await only(ada)).toMatchObject({ state: 'gathering', attempts: 0 });
    const outside = accepting();
    const early = lanes.start(outside);
    await early.stop();
    expect(outside.accepted).toEqual([]);

    lanes.clock.advance(HOUR_MS / 4);
    const senders = lanes.start(outside);
    await untilState(ada, 'sent');
    await senders.stop();
    expect(outside.accepted).toMatchObject([{ deliveryId: `${told[0] ?? ''}-email`, notificationIds: told }]);
  });

  it('is one, however many join it at the same moment', async () => {
    const ada = lanes.person();
    await Promise.all(Array.from({ length: 12 }, () => tell(ada, { digest: 'DAILY' })));
    expect((await only(ada)).items).toHaveLength(12);
  });

  it('misses nothing that joins it while it is taken up', async () => {
    const ada = lanes.person();
    const outside = accepting();
    const senders = lanes.start(outside);
    const told: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const joining = [tell(ada, { digest: 'HOURLY' }), tell(ada, { digest: 'HOURLY' })];
      lanes.clock.advance(HOUR_MS);
      told.push(...(await Promise.all(joining)));
    }
    lanes.clock.advance(HOUR_MS);
    await waitUntil('everything to be sent', async () =>
      (await lanes.rows(ada.tenantId)).every(({ state }) => state === 'sent'),
    );
    await senders.stop();
    const sent = outside.accepted.flatMap(({ notificationIds }) => notificationIds);
    expect(sent.toSorted()).toEqual(told.toSorted());
  });
});
