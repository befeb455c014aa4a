import { pino, type DestinationStream } from 'pino';
import type { Logger } from './logger.ts';

const GATHER_MS = 5;

export type PlainLines = {
  /**
   * @param fieldsJson the inside of a JSON object: `"status":200,"method":"POST"`. The fields must be known to hold no secret.
   */
  readonly write: (fieldsJson: string) => void;
  /** Writes what was gathered; for the end of the process. */
  readonly flush: () => void;
};

/**
 * Writes lines of one kind at level `info`, for what happens thousands of times a second: a fraction of the cost of
 * `logger.info`, since nothing is looked through, and the lines of a few milliseconds are written together, with the time
 * of the first. A line by itself costs 14 us, fifty together 1 us each.
 */
export const plainLines = (logger: Logger, message: string): PlainLines => {
  // Begins with a comma.
  const bindings = String(Reflect.get(logger, pino.symbols.chindingsSym));
  const end = `,"msg":${JSON.stringify(message)}}\n`;
  const stream = Reflect.get(logger, pino.symbols.streamSym) as DestinationStream;
  let pending = '';
  // Begins with a comma too.
  let time = '';
  const flush = (): void => {
    if (pending === '') return;
    stream.write(pending);
    pending = '';
  };
  return {
    write: (fieldsJson) => {
      if (!logger.isLevelEnabled('info')) return;
      if (pending === '') {
        setTimeout(flush, GATHER_MS);
        time = pino.stdTimeFunctions.isoTime();
      }
      pending += `{"level":"info"${time}${bindings},${fieldsJson}${end}`;
    },
    flush,
  };
};
