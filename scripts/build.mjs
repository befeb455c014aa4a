/**
 * Brings everything that is generated or compiled up to date, and says nothing when it already is.
 * Plain JavaScript: it runs before anything is compiled.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Runs a script of ours or of a package, its output shown as it comes. */
const run = (script, ...args) => {
  const { status, signal, error } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  return signal === null && status === 0;
};

/** The compiler believes its own note of what it has built, also when someone deleted `dist`. */
const forgetDeletedOutput = () => {
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  for (const { path } of references) {
    if (existsSync(join(root, path, 'dist'))) continue;
    rmSync(join(root, path, 'tsconfig.tsbuildinfo'), { force: true });
  }
};

const fail = (reason) => {
  console.error(`\nThe build failed: ${reason}`);
  process.exit(1);
};

if (!existsSync(compiler)) fail('the packages are not installed. Run "npm ci" first.');
if (!run(join(root, 'scripts', 'db-generate.cjs')))
  fail('the database clients could not be generated (see above).');
forgetDeletedOutput();
if (!run(compiler, '-b', root)) fail('the compiler found the errors above.');
if (!run(join(root, 'scripts', 'graphiql.mjs'))) fail('the GraphiQL page could not be made (see above).');
