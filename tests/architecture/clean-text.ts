import { isTypeScript, type SourceTree } from './source-tree.ts';
import { parse } from './syntax.ts';

/** Tests that are left out, or that leave the others out. A test that cannot run says so by its name: `x.redis.test.ts`. */
export const findLeftOutTests = (tree: SourceTree): readonly string[] =>
  [...tree].flatMap(([file, source]) =>
    isTypeScript(file)
      ? parse(source)
          .uses.filter(({ name }) => leavesOut.test(name))
          .map(({ name, line }) => `${file}:${line}: ${name}`)
      : [],
  );

/** Work put off without saying where it is written down. */
export const findForgottenWork = (tree: SourceTree): readonly string[] =>
  linesMatching(tree, (line) => (postponed.test(line) && !numbered.test(line) ? line.trim() : undefined));

/**
 * What is true on one machine alone: absolute paths of somebody's home or workplace, and package registries other than
 * the public one that npm uses by itself.
 */
export const findMachineSecrets = (tree: SourceTree): readonly string[] =>
  linesMatching(tree, (line) => machinePath.exec(line)?.[0] ?? registryHost.exec(line)?.[0]);

/** Packages that the lock would fetch from a fixed address, whatever registry the machine uses. */
export const findFixedAddresses = (lock: string): readonly string[] =>
  lock.split('\n').filter((line) => /"resolved": "[a-z+]+:/.test(line));

const leavesOut =
  /^((it|test|describe)\.(skip|only|todo|failing)(\.|$)|(xit|xtest|xdescribe|fit|fdescribe)(\(\)|\.|$))/;

const postponed = /(\/\/|#|\*|<!--|--).*(?<!`)\b(TODO|FIXME)\b(?!`)/;
const numbered = /\b(TODO|FIXME)\(#\d+\)/;
const machinePath =
  /(?<![\w.~}-])\/(?:work|workspace|workspaces|Users)\/\w[\w./-]*|(?<![\w.~}-])\/home\/(?!node\b)\w[\w./-]*/;
const registryHost =
  /\b(?:registry|npm|packages?|artifactory|nexus|mirror)\.[a-z0-9-]+\.[a-z]{2,}(?:[/:]|\b)/;

const linesMatching = (
  tree: SourceTree,
  complaintOf: (line: string) => string | undefined,
): readonly string[] =>
  [...tree].flatMap(([file, text]) =>
    file.startsWith('tests/architecture/')
      ? []
      : text.split('\n').flatMap((line, index) => {
          const complaint = complaintOf(line);
          return complaint === undefined ? [] : [`${file}:${index + 1}: ${complaint}`];
        }),
  );
