import { describe, expect, it } from '@jest/globals';
import { cappedErrors } from './capped-errors.ts';

const errors = (count: number) => Array.from({ length: count }, (_, index) => ({ message: `no ${index}` }));

describe('the errors of an answer', () => {
  it('stay as they are within the limits', () => {
    const few = errors(100);
    expect(cappedErrors(few)).toBe(few);
  });

  it('end with how many there are when there are too many', () => {
    const capped = cappedErrors(errors(10_000));
    expect(capped).toHaveLength(101);
    expect(capped.at(-1)).toMatchObject({
      extensions: { code: 'ERRORS_OMITTED', errors: 10_000, listed: 100, retryable: false },
    });
  });

  it('are held to a number of bytes as well', () => {
    const long = [{ message: 'ü'.repeat(40) }, { message: 'ü'.repeat(40) }];
    expect(cappedErrors(long, { count: 9, bytes: 100 })).toEqual([long[0], expect.objectContaining({})]);
    expect(cappedErrors(long, { count: 9, bytes: 1 })).toMatchObject([
      { extensions: { errors: 2, listed: 0 } },
    ]);
  });
});
