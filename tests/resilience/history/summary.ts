import type { Outcome, Standing } from './run-history.ts';
import { faults, type Harm } from './judge.ts';

const harms: readonly Harm[] = ['lost', 'duplicated', 'reordered', 'lost update', 'invented'];

/** One line: how things are in the middle of a run. */
export const progressLine = ({ second, writes, messages, waiting, effects, kills }: Standing): string => {
  const killed = Object.entries(kills).map(([victim, count]) => `${victim} ${count}`);
  return [
    `${String(second).padStart(5)} s`,
    `${writes} writes`,
    `${messages} messages, ${waiting} waiting`,
    `${effects} effects`,
    `killed: ${killed.join(', ')}`,
  ].join('   ');
};

/** A table for people: what happened, and what was wrong with it. */
export const summaryTable = ({ history, findings, kills, heard, ownEnds }: Outcome, seed: number): string => {
  const { attempts, events, messages, effects } = history;
  const told = (word: string) => attempts.filter((attempt) => attempt.told === word).length;
  const streams = new Set(events.map(({ stream }) => stream)).size;
  const wrong = (harm: Harm) => findings.filter(({ fault }) => faults[fault] === harm).length;
  const rows: readonly (readonly [string, string | number])[] = [
    ['seed', seed],
    ['writes', `${told('done')} done, ${told('unknown')} never answered, ${told('refused')} refused`],
    ['events', `${events.length} in ${streams} streams`],
    ['messages', messages.length],
    ['effects', effects.length],
    ['deliveries', [...heard].map(([how, count]) => `${count} ${how}`).join(', ')],
    [
      'killed',
      Object.entries(kills)
        .map(([victim, count]) => `${victim} ${count}`)
        .join(', '),
    ],
    ['ended by themselves', ownEnds],
    ...harms.map((harm) => [harm, wrong(harm)] as const),
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(20)}${value}`).join('\n');
};
