import { expect, it } from '@jest/globals';
import { count, readConfig, secret } from '@saas/config';
import { defineErrors, defineMetrics } from '@saas/kernel';
import { generatedDocuments, readMaterial } from '@saas/scripts';
import { readSourceTree } from './source-tree.ts';

const notFound = { audience: 'client', retryable: false, message: 'There is no such | thing.' } as const;
const things = { thingErrors: defineErrors({ THING_NOT_FOUND: notFound }) };
const thingSettings = {
  prefix: 'THING_',
  shape: { SIZE_MAX: count().default(3).describe('How large.'), KEY: secret().describe('What opens it.') },
};

const thingMetrics = defineMetrics({
  things_total: { kind: 'counter', help: 'Things so far.', labels: ['size'] },
});

/** A repository of a few files, changed as the test says. */
const material = (changes: Record<string, { source: string; exports: object }> = {}) => {
  const files: Record<string, { source: string; exports: object }> = {
    'packages/thing/thing.errors.ts': { source: 'thingErrors = defineErrors({', exports: things },
    'packages/thing/thing.ts': { source: 'throw thingErrors.THING_NOT_FOUND();', exports: {} },
    'packages/thing/thing-metrics.ts': {
      source: 'thingMetrics = defineMetrics({',
      exports: { thingMetrics },
    },
    'packages/thing/thing.config.ts': { source: 'readConfig(', exports: { thingSettings } },
    ...changes,
  };
  const sources = new Map(Object.entries(files).map(([file, { source }]) => [file, source]));
  return { sources, load: async (file: string) => ({ ...files[file]?.exports }) };
};

it('the documents say what the code says', async () => {
  const tree = readSourceTree();
  for (const { file, text } of await generatedDocuments(readMaterial())) {
    // Out of step? `npm run docs:generate` writes them.
    expect(tree.get(file)).toBe(text);
  }
});

it('every code is listed with who sees it and where it is raised', async () => {
  const [errors] = await generatedDocuments(material());
  expect(errors?.text).toContain(
    '| `THING_NOT_FOUND` | client | no | There is no such \\| thing. | `packages/thing/thing.ts` |',
  );
});

it('every variable is listed with what it accepts, its default and its meaning', async () => {
  const [, configuration] = await generatedDocuments(material());
  expect(configuration?.text).toContain('| `THING_SIZE_MAX` | a whole number above 0 | `3` | How large. |');
  expect(configuration?.text).toContain(
    '| `THING_KEY` | a secret of at least 16 characters | required | What opens it. |',
  );
});

it('every metric is listed with its labels and its meaning', async () => {
  const [, , metrics] = await generatedDocuments(material());
  expect(metrics?.text).toContain('| `things_total` | counter | `size` | Things so far. |');
});

it('a changed message changes the document', async () => {
  const exports = { thingErrors: defineErrors({ THING_NOT_FOUND: { ...notFound, message: 'Gone.' } }) };
  const changed = material({ 'packages/thing/thing.errors.ts': { source: 'x = defineErrors({', exports } });
  expect(await generatedDocuments(changed)).not.toEqual(await generatedDocuments(material()));
});

it.each([
  [
    'one code with two meanings',
    {
      'packages/other/other.errors.ts': {
        source: 'x = defineErrors({',
        exports: { x: defineErrors({ THING_NOT_FOUND: { ...notFound, retryable: true } }) },
      },
    },
    /THING_NOT_FOUND means one thing in .* and another in /,
  ],
  [
    'a catalogue that is not exported',
    { 'packages/other/other.ts': { source: 'const x = defineErrors({', exports: {} } },
    /other.ts: a catalogue of errors is not exported/,
  ],
  [
    'settings read outside a config file',
    { 'packages/other/other.ts': { source: 'readConfig(', exports: {} } },
    /other.ts: settings are read in a file named/,
  ],
  [
    'settings that are not exported',
    { 'packages/other/other.config.ts': { source: 'readConfig(', exports: { read: readConfig } } },
    /other.config.ts: export what is read/,
  ],
  [
    'a setting without a meaning',
    {
      'packages/other/other.config.ts': {
        source: 'readConfig(',
        exports: { otherSettings: { prefix: 'OTHER_', shape: { SIZE: count() } } },
      },
    },
    /OTHER_SIZE has no meaning/,
  ],
  [
    'a metric that is declared twice',
    { 'packages/other/other-metrics.ts': { source: 'x = defineMetrics({', exports: { thingMetrics } } },
    /things_total is declared in .* and in /,
  ],
  [
    'a counter that is named like a gauge',
    {
      'packages/other/other-metrics.ts': {
        source: 'x = defineMetrics({',
        exports: { x: defineMetrics({ others: { kind: 'counter', help: 'Others.', labels: [] } }) },
      },
    },
    /others is no name/,
  ],
])('refuses %s', async (_, changes, complaint) => {
  await expect(generatedDocuments(material(changes))).rejects.toThrow(complaint);
});
