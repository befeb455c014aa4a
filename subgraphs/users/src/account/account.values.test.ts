import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emailKeyOf, offeredPassword, parseEmail, parsePassword, parsePersonName } from './account.values.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe("a person's name", () => {
  it('is trimmed', () => {
    expect(parsePersonName('  Ada Lovelace ')).toBe('Ada Lovelace');
  });

  it('counts characters, not their encoding', () => {
    expect(parsePersonName('𝔸'.repeat(255))).toBe('𝔸'.repeat(255));
    expect(() => parsePersonName('a'.repeat(256))).toThrow(code('NAME_INVALID'));
  });

  it.each(['', '   ', '\u200b', 'a\u0000b', 'a\nb', '\ud800', 'a\u2028b', 'a\u202eb'])(
    'refuses %j',
    (raw) => {
      expect(() => parsePersonName(raw)).toThrow(code('NAME_INVALID'));
    },
  );
});

describe('an e-mail address', () => {
  it.each(['ada@example.com', 'a.b+c@sub.example.co', "o'neil@x-y.org", `${'a'.repeat(64)}@example.com`])(
    'may be %s',
    (raw) => {
      expect(parseEmail(` ${raw} `)).toBe(raw);
    },
  );

  it.each([
    '',
    'ada',
    'ada@',
    '@example.com',
    'ada@example',
    'ada@@example.com',
    'a da@example.com',
    'ada@-example.com',
    'ada@example..com',
    'ada@example.com\nbcc: eve@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.com`,
  ])('may not be %j', (raw) => {
    expect(() => parseEmail(raw)).toThrow(code('EMAIL_INVALID'));
  });

  it('keeps its spelling, and has one key for all spellings', () => {
    expect(parseEmail('Ada@Example.COM')).toBe('Ada@Example.COM');
    expect(emailKeyOf(parseEmail('Ada@Example.COM'))).toBe(emailKeyOf(parseEmail('ada@example.com')));
  });

  it('is decided in no time, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), (raw) => {
        try {
          expect(parseEmail(raw).length).toBeLessThanOrEqual(254);
        } catch (error) {
          expect(error).toEqual(code('EMAIL_INVALID'));
        }
      }),
    );
  });
});

describe('a password', () => {
  it('has 8 to 128 characters', () => {
    expect(parsePassword('12345678')).toBe('12345678');
    expect(parsePassword('🔑'.repeat(128))).toBe('🔑'.repeat(128));
    expect(() => parsePassword('1234567')).toThrow(code('PASSWORD_TOO_SHORT'));
    expect(() => parsePassword('1'.repeat(129))).toThrow(code('PASSWORD_TOO_LONG'));
  });

  it.each([' '.repeat(8), '\u0000'.repeat(8), '\t\n\r\u00a0\u200b\u3000\u0007 '])('is not %j', (raw) => {
    expect(() => parsePassword(raw)).toThrow(code('PASSWORD_BLANK'));
  });

  it('may hold spaces and control characters', () => {
    expect(parsePassword('a       \u0007')).toBe('a       \u0007');
  });

  it('is the same however its accents are encoded', () => {
    expect(parsePassword('passw\u006f\u0308rd')).toBe(offeredPassword('passw\u00f6rd'));
  });

  it('is cut when it is offered, for no right one is so long', () => {
    expect(offeredPassword('x'.repeat(1_000_000)).length).toBeLessThan(1_000);
  });
});
