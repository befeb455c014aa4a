import {
  pino,
  type ChildLoggerOptions,
  type DestinationStream,
  type LevelWithSilent,
  type Logger as PinoLogger,
} from 'pino';
import { withoutSecrets, withoutSecretText } from './redact.ts';

/** Structured lines of JSON. Make a child per request: `logger.child({ requestId })`. */
export type Logger = PinoLogger;
/** From `trace` to `fatal`, or `silent`. */
export type LogLevel = LevelWithSilent;

type Options = {
  /** The process or service that speaks: `gateway`, `users`. */
  readonly name: string;
  readonly level: LogLevel;
  /** Standard output unless given. */
  readonly destination?: DestinationStream;
};

const BUFFERED_BYTES = 65_536;
const FLUSH_MS = 100;

/**
 * A logger whose lines never hold a secret: fields named like one (`authorization`, `cookie`, `password`, anything that
 * ends in `token` or `secret`) are replaced at any depth, and so are bearer tokens, JWTs and the credentials of URLs
 * inside texts, messages and stacks. Times are ISO-8601.
 */
export const createLogger = ({ name, level, destination }: Options): Logger => {
  const logger: Logger = pino(
    {
      name,
      level,
      base: { name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: withoutSecrets,
      },
      serializers: { error: pino.stdSerializers.errWithCause, err: pino.stdSerializers.errWithCause },
      hooks: { streamWrite: withoutSecretText },
    },
    // Several lines at a time, by another thread: a line by itself costs more than most requests that it tells of. What is left
    // is written when the process ends.
    destination ??
      pino.destination({
        dest: 1,
        sync: false,
        minLength: BUFFERED_BYTES,
        maxWrite: 2 * BUFFERED_BYTES,
        periodicFlush: FLUSH_MS,
      }),
  );
  // pino forgets the bindings formatter in children; they inherit this method instead.
  const child: unknown = Reflect.get(logger, 'child');
  if (typeof child !== 'function') throw new Error('This is not a pino logger.');
  Object.defineProperty(logger, 'child', {
    value(this: unknown, bindings: Record<string, unknown>, options?: ChildLoggerOptions): unknown {
      return Reflect.apply(child, this, [withoutSecrets(bindings), options]);
    },
  });
  return logger;
};

/** Keeps the lines instead of printing them. For tests. */
export const memoryLog = (): {
  readonly destination: DestinationStream;
  readonly lines: () => readonly LogLine[];
} => {
  let written = '';
  return {
    destination: {
      write: (text) => {
        written += text;
      },
    },
    lines: () =>
      written
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogLine),
  };
};

/** One line, parsed. */
export type LogLine = { readonly level: string; readonly msg?: string } & Readonly<Record<string, unknown>>;
