import { describe, expect, it } from '@jest/globals';
import { findForbiddenImports } from './import-arrows.ts';

const complaintsAbout = (file: string, source: string) => findForbiddenImports(new Map([[file, source]]));

describe('the arrows between rooms', () => {
  it.each([
    ['packages/kernel/clock.ts', `import { x } from '@saas/postgres';`, 'kernel may not import postgres'],
    ['packages/kernel/clock.ts', `export * from '@saas/config';`, 'kernel may not import config'],
    ['gateway/src/wiring.ts', `const x = await import('@saas/postgres');`, 'gateway may not import postgres'],
    [
      'gateway/src/wiring.ts',
      `import type { X } from '@saas/users';`,
      'gateway may not import subgraphs/users',
    ],
    ['gateway/src/wiring.ts', `import '@saas/local-stack';`, 'gateway may not import local-stack'],
    [
      'subgraphs/users/src/main.ts',
      `import { x } from '@saas/projects';`,
      'subgraphs/users may not import subgraphs/projects',
    ],
    [
      'subgraphs/users/src/main.ts',
      `import { x } from '@saas/prisma-projects';`,
      'subgraphs/users may not import prisma-projects',
    ],
    [
      'packages/kernel/ids.ts',
      `import { x } from '../config/index.ts';`,
      '../config/index.ts leaves kernel past the doors',
    ],
    [
      'scripts/start.ts',
      `import { x } from '@saas/config/secret.ts';`,
      '@saas/config/secret.ts is past the door of config',
    ],
  ])('stop %s from saying %s', (file, source, complaint) => {
    expect(complaintsAbout(file, source)).toEqual([`${file}:1: ${complaint}`]);
  });

  it('know every room', () => {
    expect(complaintsAbout('shared/dates.ts', '')).toEqual([
      'shared/dates.ts: there is no room called shared',
    ]);
  });

  it('ignore what only looks like an import', () => {
    expect(
      complaintsAbout(
        'packages/kernel/ids.ts',
        `// import '@saas/postgres'\nconst x = "from '@saas/redis'";`,
      ),
    ).toEqual([]);
  });
});

describe('inside a subgraph', () => {
  const wiring = 'subgraphs/users/src/wiring.ts';
  const decider = 'subgraphs/users/src/account/account.decider.ts';
  const queries = 'subgraphs/users/src/account/account.queries.ts';

  it('wiring alone imports adapters', () => {
    const source = `import { ShardedDatabase } from '@saas/postgres';`;
    expect(complaintsAbout(wiring, source)).toEqual([]);
    expect(complaintsAbout(queries, source)).toHaveLength(1);
    expect(complaintsAbout(queries, `import type { Scope } from '@saas/postgres';`)).toEqual([]);
  });

  it.each([
    `import { resolvers } from './account.resolvers.ts';`,
    `import type { Prisma } from '@saas/prisma-users';`,
    `import { readFile } from 'node:fs/promises';`,
    `import { z } from 'zod';`,
  ])('a rule does not say %s', (source) => {
    expect(complaintsAbout(decider, source)).toHaveLength(1);
  });

  it('rules know each other, kernel and event-sourcing', () => {
    const source = `import { assertNever } from '@saas/kernel'; import type { Decider } from '@saas/event-sourcing';
      import { accountErrors } from './account.errors.ts'; import type { Role } from '../tenant/tenant.values.ts';`;
    expect(complaintsAbout(decider, source)).toEqual([]);
  });
});
