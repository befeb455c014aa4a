import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Cell = string | number | undefined;

export type Table = {
  readonly title: string;
  readonly columns: readonly string[];
  /** A cell that is undefined was not measured. */
  readonly rows: readonly (readonly Cell[])[];
};

/** What one benchmark has found. */
export type Report = { readonly name: string; readonly tables: readonly Table[] };

/** Writes the tables for people: aligned columns, one line for each row. */
export const terminalText = ({ tables }: Report): string =>
  tables
    .map((table) => {
      const { cells } = aligned(table);
      return `\n${table.title}\n\n${cells.map((line) => line.join('  ')).join('\n')}\n`;
    })
    .join('');

/** The same as Markdown, formatted as the formatter wants it. */
export const markdownText = ({ tables }: Report): string =>
  tables
    .map((table) => {
      const { cells, widths } = aligned(table);
      const rule = widths.map((width, place) =>
        place === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
      );
      const lines = [...cells.slice(0, 1), rule, ...cells.slice(1)];
      return `### ${table.title}\n\n${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`;
    })
    .join('\n');

/** Every cell as text of its column's width, the heads first; numbers to the right. */
const aligned = ({ columns, rows }: Table) => {
  const lines = [columns, ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, place) => Math.max(3, ...lines.map((line) => (line[place] ?? '').length)));
  const cells = lines.map((line) =>
    line.map((cell, place) =>
      place === 0 ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0),
    ),
  );
  return { cells, widths };
};

/** `document` with `text` between the markers of `name`. @throws {Error} when it has no such markers. */
export const intoDocument = (document: string, name: string, text: string): string => {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no place for ${name}: ${begin} … ${end}.`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n${document.slice(to)}`;
};

/** Keeps a report as `bench/results/<name>.json`, with what it ran on. */
export const keepResult = async (report: Report): Promise<void> => {
  const folder = join(room(), 'results');
  await mkdir(folder, { recursive: true });
  const kept = { ...report, at: new Date().toISOString(), node: process.version, platform: process.platform };
  await writeFile(join(folder, `${report.name}.json`), `${JSON.stringify(kept, undefined, 2)}\n`);
};

/** Puts a report's tables into `docs/benchmarks.md`. */
export const documentResult = async (report: Report): Promise<void> => {
  const file = join(dirname(room()), 'docs', 'benchmarks.md');
  await writeFile(file, intoDocument(await readFile(file, 'utf8'), report.name, markdownText(report)));
};

/** The folder of the benchmarks, seen from its build. */
const room = (): string => dirname(dirname(fileURLToPath(import.meta.url)));

const cellText = (cell: Cell): string => {
  if (cell === undefined) return '–';
  if (typeof cell === 'string') return cell;
  if (Number.isInteger(cell)) return cell.toLocaleString('en-US');
  const digits = Math.abs(cell) >= 100 ? 0 : Math.abs(cell) >= 10 ? 1 : 2;
  return cell.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
