import { describe, expect, it } from '@jest/globals';
import { reportOf } from './subgraph-health.ts';

describe('what a subgraph says of its health', () => {
  it('is relayed with its database nodes, and without texts that could be addresses', () => {
    const page = {
      status: 'degraded',
      checks: {
        database: {
          status: 'degraded',
          parts: [
            {
              name: 'shard-0.primary',
              status: 'up',
              details: { lagMs: 0, role: 'primary', url: 'postgres://db/x' },
            },
            { name: 'shard-0.replica-0', status: 'down' },
            { name: 'http://evil', status: 'up' },
          ],
        },
        broker: { status: 'up', responseTimeMs: 3 },
      },
    };
    expect(reportOf(200, JSON.stringify(page))).toEqual({
      status: 'degraded',
      parts: [
        { name: 'shard-0.primary', status: 'up', details: { lagMs: 0, role: 'primary' } },
        { name: 'shard-0.replica-0', status: 'down' },
        { name: 'broker', status: 'up', details: { responseTimeMs: 3 } },
      ],
    });
  });

  it('is down at 500 and above, whatever the page says', () => {
    expect(reportOf(503, '{"status":"up"}').status).toBe('down');
    expect(reportOf(502, '<html>').status).toBe('down');
  });

  it('is up for a subgraph without such a page, as long as it answers', () => {
    expect(reportOf(404, 'Not found')).toEqual({ status: 'up' });
  });
});
