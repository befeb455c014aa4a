import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isProse, isVisibleLine, showsSomething } from './visible-text.ts';

describe('a visible line', () => {
  it.each(['Ada', 'Żółć', 'محمد', 'שלום', '東京', '🚀', '👩‍🚀', 'a\u200db', 'क्षि', '-', '$'])(
    'may be %j',
    (text) => {
      expect(isVisibleLine(text, 20)).toBe(true);
    },
  );

  it.each(['', ' ', '\u200b', '\u00ad\u2060', '\ufeff', '\u3164', '\u115f', '\u2800', '\u0301'])(
    'shows something, unlike %j',
    (text) => {
      expect(isVisibleLine(text, 20)).toBe(false);
    },
  );

  it.each(['\0', '\n', '\t', '\u0007', '\u007f', '\u0085', '\u2028', '\u2029', '\ud800'])(
    'does not break, unlike with %j',
    (character) => {
      expect(isVisibleLine(`a${character}b`, 20)).toBe(false);
    },
  );

  it.each(['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])(
    'does not turn the text around, unlike with %j',
    (character) => {
      expect(isVisibleLine(`a${character}b`, 20)).toBe(false);
    },
  );

  it('has at most as many characters as it may, however they are encoded', () => {
    expect(isVisibleLine('🚀'.repeat(20), 20)).toBe(true);
    expect(isVisibleLine('🚀'.repeat(21), 20)).toBe(false);
    expect(isVisibleLine('x'.repeat(21), 20)).toBe(false);
  });

  it('holds no control character, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        if (!isVisibleLine(text, 20)) return;
        expect(text).not.toMatch(/\p{Cc}/u);
        expect(Array.from(text).length).toBeLessThanOrEqual(20);
      }),
    );
  });
});

describe('prose', () => {
  it('may have lines and tabs, and may be nothing', () => {
    expect(isProse('one\n\ttwo', 20)).toBe(true);
    expect(isProse('', 20)).toBe(true);
  });

  it.each(['\0', '\r', '\u0007', '\u001b', '\u007f', '\u0085', '\ud800'])('has no %j', (character) => {
    expect(isProse(`a${character}b`, 20)).toBe(false);
  });

  it('is bounded', () => {
    expect(isProse('x'.repeat(21), 20)).toBe(false);
  });
});

it('spaces and control characters show nothing', () => {
  expect(showsSomething(' \t\n\u0000\u200b\u00a0\u3000')).toBe(false);
  expect(showsSomething('  x')).toBe(true);
});
