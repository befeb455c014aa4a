/**
 * `npm run gateway`: builds what the gateway needs, unless that is up to date, and becomes the gateway. Plain JavaScript: it runs
 * before anything is compiled. Asking the compiler whether anything changed would take longer than the whole start.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const gateway = join(root, 'gateway');
const entry = join(gateway, 'dist', 'command', 'main.js');
const stamp = join(gateway, 'dist', 'built-by-command.txt');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** The gateway and every package that it is built from, as the compiler is told. */
const workspaces = (folder, found = new Set()) => {
  found.add(folder);
  const { references = [] } = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8'));
  for (const { path } of references) {
    const next = resolve(folder, path);
    if (!found.has(next)) workspaces(next, found);
  }
  return found;
};

/** What the compiler reads, with size and time: equal to what it was at the last build when nothing has to be built. */
const fingerprint = (folders) =>
  [join(root, 'tsconfig.base.json'), join(root, 'package-lock.json'), ...folders.flatMap(sourcesIn)]
    .filter((file) => existsSync(file))
    .map((file) => {
      const { size, mtimeMs } = statSync(file);
      return `${relative(root, file)} ${size} ${mtimeMs}`;
    })
    .join('\n');

const sourcesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((found) => {
    const path = join(folder, found.name);
    if (found.isDirectory()) return isOutput(found.name) ? [] : sourcesIn(path);
    return /\.(ts|json)$/.test(found.name) ? [path] : [];
  });

const isOutput = (name) => name === 'dist' || name === 'node_modules' || name === 'assets';

const isCurrent = (folders, now) =>
  folders.every((folder) => existsSync(join(folder, 'dist'))) &&
  existsSync(entry) &&
  existsSync(stamp) &&
  readFileSync(stamp, 'utf8') === now;

const fail = (reason) => {
  console.error(reason);
  process.exit(1);
};

/** What the scripts print is not the gateway's to say: it goes where errors go. */
const run = (...command) =>
  spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;

const build = (folders, now) => {
  if (!existsSync(join(root, 'node_modules'))) fail('The packages are not installed. Run "npm ci" first.');
  if (!existsSync(compiler)) {
    // An image of production has no compiler, and was built before.
    if (existsSync(entry)) return;
    fail('The gateway is not built, and there is no compiler. Run "npm ci" first.');
  }
  console.error('Building the gateway …');
  for (const folder of folders) {
    // The compiler believes its own note of what it has built, also when someone deleted "dist".
    if (!existsSync(join(folder, 'dist'))) rmSync(join(folder, 'tsconfig.tsbuildinfo'), { force: true });
  }
  if (!run(compiler, '-b', gateway)) fail('The build failed: the compiler found the errors above.');
  // For a comfortable start; the gateway does without.
  run(join(root, 'scripts', 'graphiql.mjs'));
  // As it was before: what changed meanwhile may not have been read.
  writeFileSync(stamp, now);
};

const folders = [...workspaces(gateway)];
const now = fingerprint(folders);
if (!isCurrent(folders, now)) build(folders, now);
await import(entry);
