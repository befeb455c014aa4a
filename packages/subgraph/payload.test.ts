import { describe, expect, it } from '@jest/globals';
import { defineErrors } from '@saas/kernel';
import { payload } from './index.ts';

const errors = defineErrors({
  NAME_TAKEN: { audience: 'client', retryable: false, message: 'That name is taken.' },
  SHARD_DOWN: { audience: 'operator', retryable: true, message: 'shard 3 refused the connection' },
});
const failWith = (error: Error) =>
  payload(async () => {
    throw error;
  });

describe('a payload', () => {
  it('holds the changed thing and no errors', async () => {
    expect(await payload(async () => ({ project: { id: 'p' } }))).toEqual({
      project: { id: 'p' },
      userErrors: [],
    });
  });

  it('holds the refusal, with the path of the input that is wrong', async () => {
    expect(await failWith(errors.NAME_TAKEN({ field: 'input.name' }))).toEqual({
      userErrors: [
        { code: 'NAME_TAKEN', message: 'That name is taken.', field: ['input', 'name'], retryable: false },
      ],
    });
  });

  it('holds a refusal that is about no single input', async () => {
    expect(await failWith(errors.NAME_TAKEN())).toMatchObject({ userErrors: [{ field: null }] });
  });

  it.each([errors.SHARD_DOWN(), new TypeError('a bug')])('never holds %s', async (error) => {
    await expect(failWith(error)).rejects.toBe(error);
  });
});
