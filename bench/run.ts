import { parseArgs } from 'node:util';
import { admission } from './admission.ts';
import { commandPath } from './command-path.ts';
import { entityBatch } from './entity-batch.ts';
import { events } from './events.ts';
import { compareGateways } from './gateway/compare-gateways.ts';
import { gatewayOverload } from './gateway/overload.ts';
import { gatewayReloads } from './gateway/reloads.ts';
import { poison } from './poison.ts';
import { rebuildRate } from './rebuild.ts';
import { replicaReads } from './replica-reads.ts';
import { documentResult, keepResult, terminalText, type Report } from './report.ts';
import { upstream } from './upstream.ts';

type Options = { readonly isQuick: boolean; readonly only: readonly string[] };

const benchmarks: Readonly<Record<string, (options: Options) => Promise<Report>>> = {
  admission,
  'command-path': commandPath,
  'entity-batch': entityBatch,
  events,
  gateway: compareGateways,
  'gateway-reloads': gatewayReloads,
  poison,
  overload: gatewayOverload,
  rebuild: rebuildRate,
  'replica-reads': replicaReads,
  upstream,
};

const USAGE = `npm run bench -- [--docs] [--quick] [--only=ours,limit] [${Object.keys(benchmarks).join('] [')}]`;

/**
 * Runs the benchmarks that are named, or all. `--docs` also puts what they found into docs/benchmarks.md; `--quick` and
 * `--only` are for the comparison of gateways.
 */
const run = async (args: readonly string[]): Promise<void> => {
  const { values, positionals: named } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { docs: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
  });
  const options = { isQuick: values.quick === true, only: values.only?.split(',') ?? [] };
  const unknown = named.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}. ${USAGE}`);
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (named.length > 0 && !named.includes(name)) continue;
    console.log(`\n${name} …`);
    const startedAt = performance.now();
    const report = await benchmark(options);
    await keepResult(report);
    if (values.docs === true) await documentResult(report);
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
