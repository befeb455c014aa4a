import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];
type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'hasColors'>;

/** The text in a style where `out` is a terminal that shows it and nobody said NO_COLOR; elsewhere the plain text. */
export const paint = (out: Stream, format: Format, text: string): string =>
  out.isTTY && out.hasColors() ? styleText(format, text, { validateStream: false }) : text;
