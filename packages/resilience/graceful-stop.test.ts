import { describe, expect, it } from '@jest/globals';
import { gracefulStop } from './index.ts';

describe('a graceful stop', () => {
  it('closes in the reverse order of construction, one after the other', async () => {
    const closed: string[] = [];
    const closing = gracefulStop();
    closing.add('database', () => closed.push('database'));
    closing.add('server', async () => {
      await Promise.resolve();
      closed.push('server');
    });
    await closing.stop();
    expect(closed).toEqual(['server', 'database']);
  });

  it('closes the rest when one will not, and then names it', async () => {
    const closed: string[] = [];
    const closing = gracefulStop();
    closing.add('database', () => closed.push('database'));
    closing.add('broker', () => {
      throw new Error('stuck');
    });
    closing.add('cache', () => new Promise(() => undefined), { timeoutMs: 1 });
    await expect(closing.stop()).rejects.toMatchObject({
      message: 'Did not close cleanly: cache, broker.',
      errors: [{ code: 'UPSTREAM_TIMEOUT' }, { message: 'stuck' }],
    });
    expect(closed).toEqual(['database']);
  });

  it('happens once, however often it is asked for', async () => {
    let times = 0;
    const closing = gracefulStop();
    closing.add('server', () => (times += 1));
    await Promise.all([closing.stop(), closing.stop()]);
    expect(times).toBe(1);
  });
});
