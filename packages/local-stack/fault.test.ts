import { describe, expect, it } from '@jest/globals';
import { faultForms, formatFault, parseFault } from './fault.ts';

describe('a fault in words', () => {
  it.each(faultForms)('reads and writes %s', (text) => {
    expect(formatFault(parseFault(text))).toBe(text);
  });

  it('takes shares with decimals', () => {
    expect(parseFault('errors=0.5%')).toEqual({ kind: 'errors', share: 0.005 });
    expect(formatFault({ kind: 'errors', share: 0.07 })).toBe('errors=7%');
  });

  it.each([
    '',
    'HANG',
    'errors',
    'errors=101%',
    'errors=-1%',
    'errors=10',
    'latency=',
    'latency=2',
    'latency=700000ms',
    'hang ',
  ])('refuses "%s" and says what there is', (text) => {
    expect(() => parseFault(text)).toThrow(
      expect.objectContaining({ code: 'FAULT_UNKNOWN', message: expect.stringContaining('slow-drip') }),
    );
  });
});
