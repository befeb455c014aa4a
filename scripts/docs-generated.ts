import { configurationDocument } from './docs-configuration.ts';
import { errorsDocument } from './docs-errors.ts';
import { metricsDocument } from './docs-metrics.ts';
import type { Material } from './docs-modules.ts';

/** A document that is made from the code, by its path from the root. */
export type GeneratedDocument = { readonly file: string; readonly text: string };

/**
 * Every document that is made from the code, always with the same text for the same code.
 *
 * @throws {DocumentError} with every reason why one cannot be made.
 */
export const generatedDocuments = async (material: Material): Promise<readonly GeneratedDocument[]> => [
  { file: 'docs/errors.md', text: await errorsDocument(material) },
  { file: 'docs/configuration.md', text: await configurationDocument(material) },
  { file: 'docs/metrics.md', text: await metricsDocument(material) },
];
