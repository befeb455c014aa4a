import { expect, it } from '@jest/globals';
import { requireSchemaVersion } from './schema-version.ts';

const of = (version?: string | number) => ({
  routingKey: 'task.moved',
  headers: version === undefined ? {} : { cloudEvents_schemaversion: version },
});

it.each([undefined, 1, 2])('lets version %p through to a reader who knows 2', (version) => {
  expect(() => requireSchemaVersion(of(version), 2)).not.toThrow();
});

it.each([3, 0, -1, 1.5, '2', 'two'])('refuses version %p', (version) => {
  const refusal = {
    code: 'MESSAGE_VERSION_UNKNOWN',
    fields: { routingKey: 'task.moved', version, versionMax: 2 },
  };
  expect(() => requireSchemaVersion(of(version), 2)).toThrow(expect.objectContaining(refusal));
});
