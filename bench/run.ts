import { admission } from './admission.ts';
import { commandPath } from './command-path.ts';
import { entityBatch } from './entity-batch.ts';
import { replicaReads } from './replica-reads.ts';
import { documentResult, keepResult, terminalText, type Report } from './report.ts';

const benchmarks: Readonly<Record<string, () => Promise<Report>>> = {
  admission,
  'command-path': commandPath,
  'entity-batch': entityBatch,
  'replica-reads': replicaReads,
};

const USAGE = `npm run bench -- [--docs] [${Object.keys(benchmarks).join('] [')}]`;

/** Runs the benchmarks that are named, or all; `--docs` also puts what they found into docs/benchmarks.md. */
const run = async (args: readonly string[]): Promise<void> => {
  const isForDocs = args.includes('--docs');
  const named = args.filter((arg) => arg !== '--docs');
  const unknown = named.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}. ${USAGE}`);
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (named.length > 0 && !named.includes(name)) continue;
    console.log(`\n${name} …`);
    const startedAt = performance.now();
    const report = await benchmark();
    await keepResult(report);
    if (isForDocs) await documentResult(report);
    console.log(terminalText(report));
    console.log(
      `${name} took ${Math.round((performance.now() - startedAt) / 1_000)} s; bench/results/${name}.json`,
    );
  }
};

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
