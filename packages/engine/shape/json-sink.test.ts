import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asciiBytes, putAscii, putByte, putBytes, putJson, putText, textOf } from './json-sink.ts';

const unit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('a', ' ', '"', '\\', '\n', '\u007f', '\u2028', '\ud83d', '\ude00', '\ud83d\ude00', 'é'),
);
const texts = fc
  .oneof(
    fc.array(unit, { maxLength: 6 }),
    fc.array(fc.constantFrom('b', 'é', 'ok '), { maxLength: 90 }),
    fc.array(unit, { minLength: 30, maxLength: 150 }),
  )
  .map((units) => units.join(''));

describe('a sink', () => {
  it('holds texts as JSON.stringify writes them, short and long', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), (all) => {
        const written = textOf((sink) => {
          for (const text of all) putText(sink, text);
        });
        expect(written).toBe(all.map((text) => JSON.stringify(text)).join(''));
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });

  it('grows as long as it must, and forgets what is taken back', () => {
    const long = 'x'.repeat(100_000);
    const written = textOf((sink) => {
      for (let index = 0; index < 70_000; index += 1) putByte(sink, 0x31);
      putBytes(sink, asciiBytes(long));
      const { length } = sink;
      putJson(sink, '"é"');
      putAscii(sink, long);
      sink.length = length;
      putText(sink, long);
    });
    expect(written).toBe(`${'1'.repeat(70_000)}${long}"${long}"`);
  });

  it('is empty for the next, who may write while another does', () => {
    const written = textOf((sink) => {
      putAscii(sink, 'a');
      putAscii(
        sink,
        textOf((inner) => putAscii(inner, 'b')),
      );
    });
    expect([written, textOf(() => undefined)]).toEqual(['ab', '']);
  });
});
