import type { ProjectionState, ReadModelStatus } from '@saas/postgres';

/** What `list` shows of one service: a line for each read model and shard. */
export const statusLines = (service: string, statuses: readonly ReadModelStatus[]): readonly string[] => {
  const head = ['READ MODEL', 'WRITTEN', 'CODE', 'SHARD', 'RUNNING', 'CANDIDATE', 'PREVIOUS'];
  const rows = statuses.map((status) => [
    status.name,
    status.kind === 'inline' ? 'with the events' : 'after the events',
    `v${status.codeVersion}`,
    status.shard,
    runningText(status),
    candidateText(status),
    status.previous ? `v${status.previous.version}` : '–',
  ]);
  return [service, ...columns([head, ...rows]).map((line) => `  ${line}`)];
};

const runningText = ({ running, codeVersion }: ReadModelStatus): string => {
  if (!running) return 'not yet';
  const behind = running.behind > 0 ? `, ${number(running.behind)} events behind` : '';
  return `v${running.version}${behind}${running.version < codeVersion ? ', rebuild it' : ''}`;
};

const candidateText = ({ candidate }: ReadModelStatus): string => {
  if (!candidate) return '–';
  if (candidate.status === 'building')
    return `v${candidate.version}, ${number(candidate.behind)} events to go`;
  const isEqual = candidate.comparison?.every((each) => each.isEqual) === true;
  return `v${candidate.version}, ${isEqual ? 'same rows' : 'differs'}`;
};

/** What a comparison found: a line for each table, and below it the rows that differ. */
export const comparisonLines = ({ comparison }: ProjectionState): readonly string[] =>
  (comparison ?? []).flatMap(({ table, running, candidate, isEqual, differences }) => [
    `${table}: ${number(running)} rows running, ${number(candidate)} in the candidate, ${
      isEqual ? 'checksums agree' : 'they differ'
    }`,
    ...differences.map((difference) => `  ${difference}`),
  ]);

/** How far a replay has come, for one line. */
export const progressText = (
  { position, upTo, events }: { readonly position: number; readonly upTo: number; readonly events: number },
  elapsedMs: number,
): string => {
  const percent = upTo === 0 ? 100 : Math.floor((100 * position) / upTo);
  const rate = elapsedMs > 0 ? Math.round((1_000 * events) / elapsedMs) : 0;
  return `${String(percent).padStart(3)} %  ${number(events)} events  ${number(rate)}/s`;
};

/** Cells as lines, each column as wide as its widest cell. */
const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const number = (value: number): string => value.toLocaleString('en-US');
