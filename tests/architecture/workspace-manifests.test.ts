import { expect, it } from '@jest/globals';
import { findManifestMistakes } from './workspace-manifests.ts';

const workspace = (options: {
  dependencies?: object;
  references?: readonly string[];
  source?: string;
  file?: string;
}) =>
  new Map([
    ['package.json', JSON.stringify({ devDependencies: { 'fast-check': '1.0.0' } })],
    ['packages/kernel/package.json', JSON.stringify({ name: '@saas/kernel' })],
    [
      'packages/auth/package.json',
      JSON.stringify({ name: '@saas/auth', dependencies: options.dependencies }),
    ],
    [
      'packages/auth/tsconfig.json',
      JSON.stringify({ references: (options.references ?? []).map((path) => ({ path })) }),
    ],
    [options.file ?? 'packages/auth/x.ts', options.source ?? ''],
  ]);

it('notices a package that is imported and not declared', () => {
  expect(findManifestMistakes(workspace({ source: `import { x } from 'jose/errors';` }))).toEqual([
    'packages/auth: jose is imported by packages/auth/x.ts and not declared',
  ]);
});

it('notices a tool for tests in what runs in production', () => {
  const source = `import fc from 'fast-check';`;
  expect(findManifestMistakes(workspace({ source }))).toHaveLength(1);
  expect(findManifestMistakes(workspace({ source, file: 'packages/auth/x.test.ts' }))).toEqual([]);
});

it('notices a dependency without a reference, and the reverse', () => {
  expect(findManifestMistakes(workspace({ dependencies: { '@saas/kernel': '*' } }))).toEqual([
    'packages/auth: tsconfig.json does not refer to @saas/kernel',
  ]);
  expect(findManifestMistakes(workspace({ references: ['../kernel'] }))).toEqual([
    'packages/auth: package.json does not declare @saas/kernel',
  ]);
});

it('notices a version that may change by itself', () => {
  expect(findManifestMistakes(workspace({ dependencies: { jose: '^6.0.0' } }))).toEqual([
    'packages/auth: the version of jose is not exact: ^6.0.0',
  ]);
});
