import { readFile, writeFile } from 'node:fs/promises';
import {
  composeSupergraph,
  describeProblem,
  loadSubgraphs,
  nullabilityProblems,
  SupergraphError,
} from '@saas/gateway';

const CONFIG_FILE = 'supergraph.yaml';
const SUPERGRAPH_FILE = 'supergraph.graphql';

/**
 * Composes supergraph.yaml and writes supergraph.graphql; with `--check` compares instead. `--hints` also prints what
 * the composition library remarks on. Fails as well when a field that must be nullable is not.
 */
const main = async (options: ReadonlySet<string>): Promise<readonly string[]> => {
  const { schemas, warnings } = await loadSubgraphs(CONFIG_FILE, process.env);
  const { supergraphSdl, hints } = composeSupergraph(schemas);
  const remarks = options.has('--hints') ? hints.map(describeProblem) : [];
  for (const line of [...warnings, ...remarks]) console.warn(line);

  const nullability = nullabilityProblems(supergraphSdl);
  if (nullability.length > 0) return ['One subgraph could destroy the answers of others:', ...nullability];
  const committed = await readFile(SUPERGRAPH_FILE, 'utf8').catch(() => undefined);
  if (committed === supergraphSdl) return [];
  if (options.has('--check')) {
    return [
      `${SUPERGRAPH_FILE} is not what ${CONFIG_FILE} composes to. Run "npm run compose:supergraph" and commit it.`,
    ];
  }
  await writeFile(SUPERGRAPH_FILE, supergraphSdl);
  console.log(`${SUPERGRAPH_FILE} written from ${schemas.map(({ name }) => name).join(', ')}.`);
  return [];
};

try {
  const problems = await main(new Set(process.argv.slice(2)));
  if (problems.length > 0) {
    console.error(problems.join('\n  '));
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof SupergraphError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
