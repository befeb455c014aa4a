/**
 * `npm run check`: everything that can be said of the code without running the system. Every step runs, also after
 * another failed, so that one run lists everything. Plain JavaScript: it runs before anything is compiled.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const module = (...path) => join(root, 'node_modules', ...path);
const script = (name) => join(root, 'scripts', name);

/** The others read what this one compiles. */
const build = { name: 'types', command: [script('build.mjs')] };

/** The slow ones first: two run at a time. */
const steps = [
  {
    name: 'arrows and contracts',
    command: [
      module('jest', 'bin', 'jest.js'),
      '--selectProjects=unit',
      '--maxWorkers=1',
      '--testPathPatterns=tests/(architecture|contract)/',
    ],
  },
  { name: 'lint', command: [module('oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings', '.'] },
  {
    name: 'format',
    command: [module('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.'],
  },
  { name: 'migrations', command: [script('dist/db-check.js')] },
  { name: 'composition', command: [script('dist/compose-supergraph.js'), '--check'] },
  { name: 'generated docs', command: [script('dist/docs-generate.js'), '--check'] },
];

/** Runs one step to its end; what it says is kept. */
const run = ({ name, command }) =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const env = {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    };
    const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const end = (isGood) =>
      resolve({ name, isGood, output, seconds: (performance.now() - startedAt) / 1_000 });
    child.once('error', (error) => {
      output += error.message;
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });

const report = ({ name, isGood, output, seconds }) => {
  console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${name.padEnd(22)} ${seconds.toFixed(1).padStart(5)} s`);
  if (!isGood) console.log(`\n${output.trimEnd().replaceAll(/^/gm, '    ')}\n`);
};

const results = [];
const lane = async (queue) => {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    const result = await run(step);
    results.push(result);
    report(result);
  }
};

const startedAt = performance.now();
await lane([build]);
const queue = [...steps];
await Promise.all([lane(queue), lane(queue)]);

const failed = results.filter(({ isGood }) => !isGood).map(({ name }) => name);
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
console.log(
  failed.length === 0
    ? `\nAll ${results.length} checks passed in ${seconds} s.`
    : `\n${failed.length} of ${results.length} checks failed in ${seconds} s: ${failed.join(', ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
