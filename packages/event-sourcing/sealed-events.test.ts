import { describe, expect, it } from '@jest/globals';
import { newTenantId, testClock } from '@saas/kernel';
import type { DomainEvent } from './decider.ts';
import { eventCodec, type EncodedEvent } from './event-codec.ts';
import { declareEvents } from './event-schemas.ts';
import { recentKeys } from './recent-keys.ts';
import { sealedEvents } from './sealed-events.ts';
import { memorySubjectKeys } from './subject-keys.memory.ts';
import { describeSubjectKeysContract } from './testing/subject-keys.contract.ts';

type Met =
  | DomainEvent<'PersonWasMet', { who: string; name: string; nickname: string | null; at: string }>
  | DomainEvent<'RoomWasBooked', { room: string }>;

const schemas = declareEvents<Met>({
  PersonWasMet: {
    // Version 1 had the name in capitals.
    upcasters: [(data: { name: string }) => ({ ...data, name: data.name.toLowerCase() })],
    personal: {
      standIns: { name: 'somebody', nickname: null },
      subjectOf: ({ data }) => data.who,
    },
  },
  RoomWasBooked: {},
});

const tenantId = newTenantId(testClock());
const place = { tenantId, stream: 'meeting-1' } as const;
const met = (who: string, name: string, nickname: string | null = null): Met & typeof place => ({
  ...place,
  type: 'PersonWasMet',
  data: { who, name, nickname, at: '2026-01-01' },
});
const booked = { ...place, type: 'RoomWasBooked', data: { room: 'blue' } } as const;

const world = () => {
  const keys = memorySubjectKeys();
  return { keys, codec: sealedEvents(eventCodec(schemas), schemas, keys) };
};

describe('sealed events', () => {
  it('hold no personal data in what is stored, and all of it when they are read', async () => {
    const { codec } = world();
    const events = [met('p1', 'ada', 'countess'), booked, met('p2', 'bob')];
    const stored = await codec.encode(events);
    expect(JSON.stringify(stored)).not.toMatch(/ada|countess|bob/);
    expect(stored[1]?.data).toEqual({ room: 'blue' });
    expect(stored[2]?.data).toMatchObject({ nickname: null });
    expect(await codec.decode(JSON.parse(JSON.stringify(stored)) as EncodedEvent[])).toEqual(events);
  });

  it('read with their stand-ins once the key is destroyed, and those of others as before', async () => {
    const { codec, keys } = world();
    const stored = await codec.encode([met('p1', 'ada', 'countess'), met('p2', 'bob')]);
    await keys.destroy([keys.pseudonymOf('p1')]);
    const [erased, other] = await codec.decode(stored);
    expect(erased?.data).toEqual({ who: 'p1', name: 'somebody', nickname: null, at: '2026-01-01' });
    expect(other?.data).toEqual({ who: 'p2', name: 'bob', nickname: null, at: '2026-01-01' });
  });

  it('stay readable when they were written before there were keys, in an old form, too', async () => {
    const { codec } = world();
    const old = { ...place, type: 'PersonWasMet', schemaVersion: 1, data: { who: 'p1', name: 'ADA' } };
    expect((await codec.decode([old]))[0]?.data).toEqual({ who: 'p1', name: 'ada' });
  });

  it('read with their stand-ins where a value was taken out of an old event', async () => {
    const { codec } = world();
    const data = { who: 'p1', name: { erased: 1 }, nickname: { erased: 1 } };
    const old = { ...place, type: 'PersonWasMet', schemaVersion: 2, data };
    expect((await codec.decode([old]))[0]?.data).toEqual({ who: 'p1', name: 'somebody', nickname: null });
  });

  it('open nowhere but where they were sealed', async () => {
    const { codec } = world();
    const [stored] = await codec.encode([met('p1', 'ada')]);
    if (!stored) throw new Error('Nothing was encoded.');
    await expect(codec.decode([{ ...stored, stream: 'meeting-2' }])).rejects.toMatchObject({
      code: 'PERSONAL_DATA_UNREADABLE',
    });
  });

  it('are refused, not guessed at, when a key is missing that nobody has destroyed', async () => {
    const stored = await world().codec.encode([met('p1', 'ada')]);
    await expect(world().codec.decode(stored)).rejects.toMatchObject({ code: 'SUBJECT_KEY_MISSING' });
  });
});

describe('recent keys', () => {
  const opened = () => {
    const kept = memorySubjectKeys();
    let asked = 0;
    const counting = {
      ...kept,
      find: (...given: Parameters<typeof kept.find>) => ((asked += 1), kept.find(...given)),
    };
    const clock = testClock();
    return { kept, clock, keys: recentKeys(counting, { clock, keysMax: 2 }), asked: () => asked };
  };
  const nameOf = async (keys: ReturnType<typeof memorySubjectKeys>, subject: string) => ({
    tenantId,
    keyId: (await keys.forSubjects(tenantId, [subject])).get(subject)?.keyId ?? '',
  });

  it('are asked for once a second, however often they are needed', async () => {
    const { kept, keys, clock, asked } = opened();
    const name = await nameOf(kept, 'p1');
    await keys.find([name]);
    await keys.find([name]);
    expect(asked()).toBe(1);
    clock.advance(1_000);
    await keys.find([name]);
    expect(asked()).toBe(2);
  });

  it('open nothing a second after somebody else has destroyed them', async () => {
    const { kept, keys, clock } = opened();
    const name = await nameOf(kept, 'p1');
    await keys.find([name]);
    await kept.destroy([kept.pseudonymOf('p1')]);
    clock.advance(1_000);
    expect((await keys.find([name])).get(name.keyId)).toEqual({ status: 'destroyed' });
  });

  it('are as many as allowed, the oldest forgotten first', async () => {
    const { kept, keys, asked } = opened();
    const names = await Promise.all(['p1', 'p2', 'p3'].map((subject) => nameOf(kept, subject)));
    for (const name of names) await keys.find([name]);
    await keys.find(names.slice(1));
    expect(asked()).toBe(3);
    await keys.find(names.slice(0, 1));
    expect(asked()).toBe(4);
  });
});

describeSubjectKeysContract('memorySubjectKeys', async () => memorySubjectKeys());
describeSubjectKeysContract('recentKeys', async () =>
  recentKeys(memorySubjectKeys(), { clock: testClock() }),
);
