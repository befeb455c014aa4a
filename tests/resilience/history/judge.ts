import type { Announced, Attempt, Effect, History, WrittenEvent } from './history.ts';

/** What a fault means to whoever relies on us. */
export type Harm = 'lost' | 'duplicated' | 'reordered' | 'lost update' | 'invented';

/** Everything that can be wrong with a history, and what it means. */
export const faults = {
  'a write that was confirmed is gone': 'lost',
  'a write is there in part': 'lost',
  'a write was carried out twice': 'duplicated',
  'a write that was refused is there': 'invented',
  'an event that nobody wrote': 'invented',
  'a version is missing or there twice': 'lost update',
  'an update was decided on an older state': 'lost update',
  'an event was not announced': 'lost',
  'a message that announces no event': 'invented',
  'a message was never marked as sent': 'lost',
  'a message had no effect': 'lost',
  'a message had its effect twice': 'duplicated',
  'an effect of another message': 'invented',
  'an effect overtook another of its stream': 'reordered',
} as const satisfies Readonly<Record<string, Harm>>;

export type Fault = keyof typeof faults;
export type Finding = { readonly fault: Fault; readonly where: string };

/**
 * Everything that is wrong with a history of a system that has come to rest: none for exactly-once effects in order.
 *
 * Pure. Believes neither versions, nor sequences, nor receipts: it compares what writers were told with what is there.
 */
export const judge = ({ attempts, events, messages, effects }: History): readonly Finding[] => [
  ...writeFaults(attempts, events),
  ...streamFaults(events),
  ...announcementFaults(events, messages),
  ...effectFaults(messages, effects),
  ...orderFaults(effects),
];

const writeFaults = (attempts: readonly Attempt[], events: readonly WrittenEvent[]): readonly Finding[] => {
  const written = groupBy(events, ({ operation }) => operation);
  const known = new Set(attempts.map(({ operation }) => operation));
  const strangers = [...written.keys()].filter((operation) => !known.has(operation));
  return [
    ...strangers.map((where) => ({ fault: 'an event that nobody wrote', where }) as const),
    ...attempts.flatMap((attempt) => {
      const fault = faultOfAttempt(attempt, written.get(attempt.operation) ?? []);
      return fault === undefined ? [] : [{ fault, where: attempt.operation }];
    }),
  ];
};

const faultOfAttempt = ({ parts, told }: Attempt, events: readonly WrittenEvent[]): Fault | undefined => {
  const isOfAnotherStream = events.some(({ stream }) => parts.every((part) => part.stream !== stream));
  if (isOfAnotherStream) return 'an event that nobody wrote';
  const counts = parts.map(({ stream, events: expected }) => ({
    expected,
    found: events.filter((event) => event.stream === stream).length,
  }));
  if (told === 'refused') return events.length === 0 ? undefined : 'a write that was refused is there';
  if (counts.some(({ expected, found }) => found > expected)) return 'a write was carried out twice';
  if (events.length === 0) return told === 'done' ? 'a write that was confirmed is gone' : undefined;
  return counts.some(({ expected, found }) => found < expected) ? 'a write is there in part' : undefined;
};

/** Whether each event was decided on the sum of those before it. */
const streamFaults = (events: readonly WrittenEvent[]): readonly Finding[] =>
  [...groupBy(events, ({ stream }) => stream)].flatMap(([stream, ofStream]) => {
    const findings: Finding[] = [];
    let total = 0;
    let last = 0;
    for (const event of [...ofStream].sort((one, other) => one.version - other.version)) {
      const where = `${stream} version ${event.version}`;
      if (event.version !== last + 1) findings.push({ fault: 'a version is missing or there twice', where });
      else if (event.before !== total)
        findings.push({ fault: 'an update was decided on an older state', where });
      // From here on by what this one says, so that one fault is not told once for each event behind it.
      total = event.before + event.amount;
      last = event.version;
    }
    return findings;
  });

const announcementFaults = (
  events: readonly WrittenEvent[],
  messages: readonly Announced[],
): readonly Finding[] => {
  const placeOfEvent = ({ stream, version, operation }: WrittenEvent) => `${stream} ${version} ${operation}`;
  const placeOf = ({ stream, sequence, operation }: Announced) => `${stream} ${sequence} ${operation}`;
  const announced = new Set(messages.map(placeOf));
  const happened = new Set(events.map(placeOfEvent));
  const silent = events.map(placeOfEvent).filter((place) => !announced.has(place));
  const empty = messages.map(placeOf).filter((place) => !happened.has(place));
  const waiting = messages.filter(({ isSent }) => !isSent);
  return [
    ...silent.map((where) => ({ fault: 'an event was not announced', where }) as const),
    ...empty.map((where) => ({ fault: 'a message that announces no event', where }) as const),
    ...waiting.map((message) => ({
      fault: 'a message was never marked as sent' as const,
      where: placeOf(message),
    })),
  ];
};

const effectFaults = (messages: readonly Announced[], effects: readonly Effect[]): readonly Finding[] => {
  const effectsOf = groupBy(effects, ({ messageId }) => messageId);
  const messageOf = new Map(messages.map((message) => [message.messageId, message]));
  const counted = messages.flatMap(({ messageId, stream, sequence }): readonly Finding[] => {
    const count = effectsOf.get(messageId)?.length ?? 0;
    const where = `${stream} ${sequence} ${messageId}`;
    if (count === 0) return [{ fault: 'a message had no effect', where }];
    return count > 1 ? [{ fault: 'a message had its effect twice', where }] : [];
  });
  const foreign = effects.filter((effect) => {
    const message = messageOf.get(effect.messageId);
    return (
      message?.stream !== effect.stream ||
      message.sequence !== effect.sequence ||
      message.operation !== effect.operation
    );
  });
  return [
    ...counted,
    ...foreign.map(({ messageId }) => ({ fault: 'an effect of another message', where: messageId }) as const),
  ];
};

/** A repetition is no reordering: only the first effect of each message counts. */
const orderFaults = (effects: readonly Effect[]): readonly Finding[] =>
  [...groupBy(effects, ({ stream }) => stream)].flatMap(([stream, ofStream]) => {
    const findings: Finding[] = [];
    const seen = new Set<string>();
    let highest = 0;
    for (const { messageId, sequence } of [...ofStream].sort((one, other) => one.position - other.position)) {
      if (!seen.has(messageId) && sequence < highest)
        findings.push({
          fault: 'an effect overtook another of its stream',
          where: `${stream} ${highest} before ${sequence}`,
        });
      seen.add(messageId);
      highest = Math.max(highest, sequence);
    }
    return findings;
  });

const groupBy = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
};
