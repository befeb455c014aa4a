import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedDocuments } from './docs-generated.ts';
import { readMaterial, repositoryRoot } from './docs-modules.ts';
import { DocumentError } from './docs-text.ts';

/** Writes the documents that are made from the code; with `--check` only says which of them are out of step. */
const generate = async (isCheck: boolean): Promise<void> => {
  for (const { file, text } of await generatedDocuments(readMaterial())) {
    const path = join(repositoryRoot(), file);
    if (readOrNothing(path) === text) {
      console.log(`${file} is up to date`);
    } else if (isCheck) {
      console.error(`${file} is out of step with the code. Run "npm run docs:generate".`);
      process.exitCode = 1;
    } else {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, text);
      console.log(`${file} written`);
    }
  }
};

const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
};

try {
  await generate(process.argv.includes('--check'));
} catch (error) {
  if (!(error instanceof DocumentError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
