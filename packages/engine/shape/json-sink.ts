import { textJson } from './json-text.ts';

/**
 * JSON as it grows, byte by byte. A text put together from thousands of pieces is a tree that has to be flattened before
 * it can be sent; bytes are where they belong at once. For an answer of 110 KB: 0.4 ms instead of 0.8.
 */
export type JsonSink = {
  bytes: Buffer;
  /** The count of bytes written. May be set back: what was written after is forgotten. */
  length: number;
  isAscii: boolean;
};

const bytesMin = 1 << 16;
/** A sink that has grown beyond this is not kept. */
const bytesKeptMax = 1 << 20;

const newSink = (): JsonSink => ({ bytes: Buffer.allocUnsafeSlow(bytesMin), length: 0, isAscii: true });

let kept: JsonSink | undefined;

/** What `write` writes, as text. One sink serves all: writing never waits, and nothing is in it before or after. */
export const textOf = (write: (sink: JsonSink) => void): string => {
  const sink = kept ?? newSink();
  // Taken by its writer, so that one who writes while another does would get its own.
  kept = undefined;
  sink.length = 0;
  sink.isAscii = true;
  write(sink);
  const text = sink.bytes.toString(sink.isAscii ? 'latin1' : 'utf8', 0, sink.length);
  if (sink.bytes.length <= bytesKeptMax) kept = sink;
  return text;
};

const makeRoom = (sink: JsonSink, count: number): void => {
  const grown = Buffer.allocUnsafeSlow(2 * (sink.length + count));
  sink.bytes.copy(grown, 0, 0, sink.length);
  sink.bytes = grown;
};

/** Bytes of ASCII that never change, ready to be put. */
export const asciiBytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

export const putBytes = (sink: JsonSink, source: Uint8Array): void => {
  const count = source.length;
  if (sink.length + count > sink.bytes.length) makeRoom(sink, count);
  const { bytes } = sink;
  let at = sink.length;
  for (let index = 0; index < count; index += 1) bytes[at++] = source[index] ?? 0;
  sink.length = at;
};

/** One character of ASCII. */
export const putByte = (sink: JsonSink, byte: number): void => {
  if (sink.length === sink.bytes.length) makeRoom(sink, 1);
  sink.bytes[sink.length] = byte;
  sink.length += 1;
};

/** A short text of ASCII as it is: digits, words. */
export const putAscii = (sink: JsonSink, text: string): void => {
  const count = text.length;
  if (sink.length + count > sink.bytes.length) makeRoom(sink, count);
  const { bytes } = sink;
  let at = sink.length;
  for (let index = 0; index < count; index += 1) bytes[at++] = text.charCodeAt(index);
  sink.length = at;
};

/** Any JSON as it is. */
export const putJson = (sink: JsonSink, json: string): void => {
  // Three bytes for a unit of UTF-16 are the most that UTF-8 needs.
  if (sink.length + 3 * json.length > sink.bytes.length) makeRoom(sink, 3 * json.length);
  const count = sink.bytes.write(json, sink.length, 'utf8');
  if (count !== json.length) sink.isAscii = false;
  sink.length += count;
};

/** Longer texts are copied faster by one call than by a loop. */
const charsCopiedMax = 160;
const quote = 0x22;

/** A text as JSON, exactly as `JSON.stringify` writes it. */
export const putText = (sink: JsonSink, text: string): void => {
  const count = text.length;
  if (count > charsCopiedMax) {
    putJson(sink, textJson(text));
    return;
  }
  if (sink.length + count + 2 > sink.bytes.length) makeRoom(sink, count + 2);
  const { bytes } = sink;
  let at = sink.length;
  bytes[at++] = quote;
  for (let index = 0; index < count; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === quote || code === 0x5c) {
      putJson(sink, JSON.stringify(text));
      return;
    }
    bytes[at++] = code;
  }
  bytes[at++] = quote;
  sink.length = at;
};

/** What stands between two places of the sink, once more. */
export const putAgain = (sink: JsonSink, start: number, end: number): void => {
  const count = end - start;
  if (sink.length + count > sink.bytes.length) makeRoom(sink, count);
  sink.bytes.copyWithin(sink.length, start, end);
  sink.length += count;
};
