import type { DeadLetterAction, ParkedHead, ParkedLetter } from '@saas/postgres';

/** Where something was found. */
export type Placed<Found> = Found & { readonly service: string; readonly shard: number };

/** What is parked, a line for each stream, and what it comes to. */
export const listLines = (heads: readonly Placed<ParkedHead>[]): readonly string[] => {
  if (heads.length === 0) return ['Nothing is parked.'];
  const rows = heads.map((head) => [
    head.messageId,
    head.consumer,
    head.state === 'held' ? 'waits' : head.state,
    String(head.attempts),
    String(head.behind),
    whenOf(head.parkedAt),
    `${head.routingKey} #${head.sequence}`,
    head.errorCode ?? '',
  ]);
  const titles = ['MESSAGE', 'CONSUMER', 'STATE', 'FAILED', 'BEHIND', 'SINCE (UTC)', 'WHAT', 'WHY'];
  const counted = (state: string) => heads.filter((head) => head.state === state).length;
  const behind = heads.reduce((sum, head) => sum + head.behind, 0);
  const early = counted('held');
  return [
    ...table(titles, rows),
    '',
    `${counted('dead')} dead, ${counted('retrying')} to be tried again, ${counted('replaying')} being replayed` +
      `${early > 0 ? `, ${early} early` : ''}; ${behind} held behind them.`,
  ];
};

/** A message whole; its body, which may hold personal data, only when asked for. */
export const letterLines = (letter: Placed<ParkedLetter>, withBody: boolean): readonly string[] => {
  const facts: readonly (readonly [string, string])[] = [
    ['message', letter.messageId],
    ['consumer', `${letter.consumer} (${letter.service}, shard ${letter.shard})`],
    ['tenant', letter.tenantId],
    ['stream', `${letter.stream}, message ${letter.sequence}`],
    ['what', `${letter.topic} ${letter.routingKey}`],
    ['state', letter.state],
    ['failed', `${letter.attempts} times, last ${letter.failedAt ? whenOf(letter.failedAt) : 'never'}`],
    ['why', letter.errorCode === null ? '' : `${letter.errorCode}: ${letter.errorText ?? ''}`],
    ['parked', whenOf(letter.parkedAt)],
    ['due', letter.state === 'dead' ? 'when it is replayed' : whenOf(letter.dueAt)],
    ['headers', JSON.stringify(letter.headers)],
    [
      'body',
      withBody ? JSON.stringify(letter.body) : 'not shown; --body shows it (it may hold personal data)',
    ],
  ];
  return facts.map(([name, value]) => `${name.padEnd(10)}${value}`);
};

/** What operators did, the latest first. */
export const auditLines = (actions: readonly Placed<DeadLetterAction>[]): readonly string[] => {
  if (actions.length === 0) return ['Nobody has replayed or dropped anything.'];
  const rows = actions.map((action) => [
    whenOf(action.askedAt),
    action.actor,
    `${action.service}, shard ${action.shard}`,
    `${action.kind} ${action.subject}`,
    outcomeOf(action),
    action.reason ?? '',
  ]);
  return table(['WHEN (UTC)', 'WHO', 'WHERE', 'WHAT', 'OUTCOME', 'REASON'], rows);
};

/** How an action has ended, or how far it is. */
export const outcomeOf = ({
  kind,
  messages,
  handled,
  failed,
  finishedAt,
}: Pick<DeadLetterAction, 'kind' | 'messages' | 'handled' | 'failed' | 'finishedAt'>): string => {
  if (kind === 'drop') return 'dropped';
  const held = messages - handled - failed;
  const parts = [`${handled} of ${messages} handled`];
  if (failed > 0) parts.push(`${failed} failed again`);
  if (held > 0) parts.push(finishedAt === null ? `${held} to go` : `${held} held again`);
  return parts.join(', ');
};

const whenOf = (date: Date): string => date.toISOString().slice(0, 19).replace('T', ' ');

const table = (titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};
