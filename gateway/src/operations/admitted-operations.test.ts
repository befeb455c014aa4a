import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createLogger, memoryLog } from '@saas/telemetry';
import { operationLimitsOf } from '../admission/admission.config.ts';
import { readGatewayConfig } from '../gateway.config.ts';
import { admittedOperations } from './admitted-operations.ts';
import { planKey } from './plan-key.ts';

it('names the operations of the lists by the keys that their plans will be asked for with', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  const file = join(folder, 'app.json');
  const bodies = { a: 'query Me { me { id } }', b: '{ version }' };
  await writeFile(file, JSON.stringify(bodies));
  const config = readGatewayConfig({ GATEWAY_MANIFEST_FILES: file });
  const logger = createLogger({ name: 'test', level: 'silent' });
  const { known, documents } = await admittedOperations(config, operationLimitsOf(config), logger);
  expect(known).toMatchObject([
    { key: planKey(documents.documentOf(bodies.a).hash, 'Me'), text: bodies.a, operationName: 'Me' },
    { key: planKey(documents.documentOf(bodies.b).hash, undefined), text: bodies.b },
  ]);
  await rm(folder, { recursive: true });
});

it.each(['known', 'ids'])(
  'does not start to refuse everything: %s without a list is a mistake',
  async (mode) => {
    const config = readGatewayConfig({ GATEWAY_SAFELIST: mode });
    const logger = createLogger({ name: 'test', level: 'silent' });
    const starting = admittedOperations(config, operationLimitsOf(config), logger);
    await expect(starting).rejects.toMatchObject({ code: 'PERSISTED_MANIFEST_INVALID' });
  },
);

it('tells of an operation that is not in the list once, however often it is asked', async () => {
  const config = readGatewayConfig({ GATEWAY_SAFELIST: 'log' });
  const log = memoryLog();
  const logger = createLogger({ name: 'test', level: 'warn', destination: log.destination });
  const { sourceOf } = await admittedOperations(config, operationLimitsOf(config), logger);
  for (const query of ['{ a }', '{ b }', '{ a }', '{ a }']) await sourceOf({ ...asked, query });
  expect(log.lines()).toHaveLength(2);
});

const asked = { documentId: undefined, doc_id: undefined, id: undefined, extensions: {} };
