import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resilienceErrors } from '@saas/resilience';
import { failureKindOf, failureKindOfAnswer, failureKinds } from './failure-kinds.ts';
import { socketError } from './layers.fixture.ts';
import { upstreamErrors } from './upstream.errors.ts';

const calm = { isHurried: false };

describe('what a call fails with', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['EAI_AGAIN', 'unreachable'],
    ['UND_ERR_SOCKET', 'connection_lost'],
    ['EPIPE', 'connection_lost'],
    ['UND_ERR_CONNECT_TIMEOUT', 'late'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'insecure'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'insecure'],
    ['HPE_INVALID_CONSTANT', 'unusable'],
    ['EMFILE', 'unforeseen'],
  ])('is known by the code %s of a socket as %s', (code, kind) => {
    expect(failureKindOf(socketError(code), calm)).toBe(kind);
  });

  it.each([
    [200, 'unusable'],
    [302, 'unusable'],
    [400, 'refused'],
    [403, 'refused'],
    [429, 'throttled'],
    [500, 'failing'],
    [503, 'failing'],
  ])('is known by the status %i of what is no answer as %s', (status, kind) => {
    expect(failureKindOf(upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status }), calm)).toBe(kind);
  });

  it('is not held against the subgraph when it was given too little time', () => {
    const late = resilienceErrors.UPSTREAM_TIMEOUT();
    const kinds = [failureKindOf(late, calm), failureKindOf(late, { isHurried: true })] as const;
    expect(kinds).toEqual(['late', 'hurried']);
    expect(kinds.map((kind) => failureKinds[kind].isCounted)).toEqual([true, false]);
  });

  it('is a mistake of our own when nobody knows it', () => {
    for (const error of [new TypeError('x'), 'text', undefined, upstreamErrors.SUBGRAPH_ERROR()])
      expect(failureKindOf(error, calm)).toBe('unforeseen');
  });

  it('counts as one when the answer has a status of 500 or more, not for errors in it', () => {
    expect(failureKindOfAnswer({ status: 200, errors: [] })).toBeUndefined();
    expect(failureKindOfAnswer({ status: 400, errors: [{}] })).toBe('graphql_errors');
    expect(failureKindOfAnswer({ status: 500, errors: [{}] })).toBe('failing_graphql');
  });

  it('stands in docs/resilience.md as it stands in the code', async () => {
    const text = await readFile(join(import.meta.dirname, '../../../docs/resilience.md'), 'utf8');
    const [, section = ''] = text.split('## What a failure is');
    const rows = (section.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => /^\| `[a-z_]+` /.test(line))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      )
      // Other tables of the document have other columns.
      .filter((cells) => cells.length === 6);
    const yes = (is: boolean): string => (is ? 'yes' : '');
    const expected = Object.entries(failureKinds).map(([kind, rule]) => [
      `\`${kind}\``,
      rule.what,
      yes(rule.isCounted),
      yes(rule.isRetried),
      yes(rule.hasFallback),
      rule.client === 'relayed' ? 'what the subgraph said' : `\`${rule.client}\``,
    ]);
    expect(rows).toEqual(expected);
  });
});
