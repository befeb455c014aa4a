/** A document cannot be made: every reason, one per line. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}

/** A Markdown table; whatever a cell says, it stays one cell on one line. */
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cellOf).join(' | ')} |\n`).join('');

const cellOf = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
