import { expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import type { DomainEvent } from './decider.ts';
import { eventCodec, type EncodedEvent } from './event-codec.ts';
import { allEvents, declareEvents } from './event-schemas.ts';

type Measured = DomainEvent<'Measured', { celsius: number }> | DomainEvent<'Stopped', { at: string }>;
const measured = declareEvents<Measured>({
  Measured: {
    upcasters: [
      ({ fahrenheit }: { fahrenheit: number }) => ({ celsius: ((fahrenheit - 32) * 5) / 9 }),
      ({ celsius }: { celsius: number }) => ({ celsius: Math.round(celsius) }),
    ],
  },
  Stopped: {},
});
const codec = eventCodec(measured);
const place = { tenantId: newTenantId(systemClock), stream: 'oven-1' } as const;
const stored = (schemaVersion: number, data: unknown, type = 'Measured'): EncodedEvent => ({
  ...place,
  type,
  schemaVersion,
  data,
});

it('writes the newest version of every type', async () => {
  const events = [
    { ...place, type: 'Measured', data: { celsius: 20 } },
    { ...place, type: 'Stopped', data: { at: 'now' } },
  ];
  expect((await codec.encode(events)).map(({ schemaVersion }) => schemaVersion)).toEqual([3, 1]);
});

it('leads every version through all later ones, in order', async () => {
  const found = await codec.decode([
    stored(1, { fahrenheit: 69 }),
    stored(2, { celsius: 20.6 }),
    stored(3, { celsius: 20.6 }),
  ]);
  expect(found.map(({ data }) => data)).toEqual([{ celsius: 21 }, { celsius: 21 }, { celsius: 20.6 }]);
});

it.each([0, 4, 1.5])('refuses version %p, which it does not know', async (version) => {
  await expect(codec.decode([stored(version, {})])).rejects.toMatchObject({ code: 'EVENT_VERSION_UNKNOWN' });
});

it('refuses a type that nobody has declared, both ways', async () => {
  const unknown = { code: 'EVENT_TYPE_UNKNOWN' };
  await expect(codec.decode([stored(1, {}, 'Exploded')])).rejects.toMatchObject(unknown);
  await expect(codec.encode([{ ...place, type: 'toString', data: {} }])).rejects.toMatchObject(unknown);
});

it('lets a service declare a type once', () => {
  expect(() => allEvents(measured, declareEvents({ Stopped: {} }))).toThrow('Stopped is declared twice');
});
