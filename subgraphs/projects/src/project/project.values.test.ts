import { describe, expect, it } from '@jest/globals';
import { parseProjectDescription, parseProjectName } from './project.values.ts';

describe('a project’s name', () => {
  it('is trimmed', () => {
    expect(parseProjectName('  Apollo ')).toBe('Apollo');
  });

  it('may have 80 characters, each of which may need two code units', () => {
    expect(parseProjectName('🚀'.repeat(80))).toBe('🚀'.repeat(80));
  });

  it.each([
    '',
    '   ',
    'x'.repeat(81),
    '🚀'.repeat(81),
    'a\nb',
    'a\0b',
    'a\uD800b',
    '\u200b\u200b',
    'a\u202eb',
  ])('is refused as %j', (raw) => {
    expect(() => parseProjectName(raw)).toThrow(
      expect.objectContaining({ code: 'PROJECT_NAME_INVALID', fields: { field: 'name', lengthMax: 80 } }),
    );
  });
});

describe('a project’s description', () => {
  it.each([undefined, null, '', '  \n'])('is absent when it is %j', (raw) => {
    expect(parseProjectDescription(raw)).toBeNull();
  });

  it('may have lines', () => {
    expect(parseProjectDescription('one\n\ttwo\n')).toBe('one\n\ttwo');
    expect(parseProjectDescription('one\r\ntwo')).toBe('one\ntwo');
  });

  it.each(['x'.repeat(2_001), 'a\0b', 'a\uDC00b', 'a\u001b[2Jb', 'a\rb'])(
    'is refused when it cannot be kept',
    (raw) => {
      expect(() => parseProjectDescription(raw)).toThrow(
        expect.objectContaining({ code: 'PROJECT_DESCRIPTION_INVALID' }),
      );
    },
  );
});
