import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryPath } from './repository-path.ts';

const INSTALL_MS_MAX = 300_000;

export type PeerName = 'apollo' | 'hive' | 'mercurius';

/** What to compare with, exactly. The programs are started in the folder where the packages are. */
const manifests: Readonly<Record<PeerName, Manifest>> = {
  apollo: {
    dependencies: {
      '@apollo/gateway': '2.14.4',
      '@apollo/server': '5.5.1',
      graphql: '16.15.0',
      undici: '7.30.2',
    },
    programs: ['peer-stock.mjs'],
  },
  hive: {
    dependencies: {
      '@graphql-hive/gateway': '2.15.1',
      '@graphql-hive/router-runtime': '1.4.23',
      graphql: '16.15.0',
    },
    programs: ['peer-hive.config.mjs'],
  },
  mercurius: {
    dependencies: {
      '@mercuriusjs/gateway': '5.2.0',
      mercurius: '16.10.1',
      fastify: '5.12.8',
      // What it builds, the printer of later versions refuses.
      graphql: '16.13.2',
    },
    programs: ['peer-mercurius.mjs'],
  },
};

/** Without these, packages for Node 22 and later come in by the back door. */
const overrides = { '@whatwg-node/promise-helpers': '1.3.2', '@whatwg-node/disposablestack': '0.0.6' };

type Manifest = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly programs: readonly string[];
};

/**
 * Installs a peer into a folder of its own, unless it is there already; none of its packages runs a script.
 *
 * @returns the folder.
 * @throws {Error} when the registry does not give it; the message says why.
 */
export const installPeer = async (name: PeerName): Promise<string> => {
  const { dependencies, programs } = manifests[name];
  const folder = repositoryPath('node_modules', '.cache', 'gateway-peers', name);
  await mkdir(folder, { recursive: true });
  for (const program of programs)
    await cp(repositoryPath('bench', 'gateway', program), join(folder, program));
  const manifest = JSON.stringify({
    name: `peer-${name}`,
    private: true,
    type: 'module',
    dependencies,
    overrides,
  });
  // Written when all is there: what was begun and not finished is begun again.
  const mark = join(folder, 'installed.json');
  if ((await readFile(mark, 'utf8').catch(() => '')) === manifest) return folder;
  console.log(`installing ${name} …`);
  await writeFile(join(folder, 'package.json'), manifest);
  await npmInstall(folder);
  await writeFile(mark, manifest);
  return folder;
};

const npmInstall = async (folder: string): Promise<void> => {
  const args = [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--no-package-lock',
  ];
  try {
    await promisify(execFile)('npm', args, { cwd: folder, timeout: INSTALL_MS_MAX });
  } catch (error) {
    const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : '';
    const reasons = said.split('\n').filter((line) => line.startsWith('npm error'));
    throw new Error(reasons.slice(0, 3).join(' ') || String(error), { cause: error });
  }
};
