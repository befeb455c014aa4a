import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Environment } from '@saas/config';
import { readMaterial } from '@saas/scripts';
import { parse } from 'yaml';

type Service = {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly restart: string;
  readonly deploy: { readonly resources: { readonly limits: { readonly memory: string } } };
};

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const example = readFileSync(join(root, 'deploy', '.env.example'), 'utf8');
const { sources, load } = readMaterial();

let folder: string;
let secrets: Environment;
let services: Readonly<Record<string, Service>>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-test-'));
  const file = join(folder, '.env');
  execFileSync('sh', [join(root, 'deploy', 'make-env.sh'), file]);
  secrets = readEnv(readFileSync(file, 'utf8'));
  services = servicesWith(secrets);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** `NAME=value` lines, as Compose reads them. */
const readEnv = (lines: string): Environment =>
  Object.fromEntries([...lines.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));

/** The services, every variable filled in as Compose does. */
const servicesWith = (environment: Environment): Readonly<Record<string, Service>> => {
  const filled = text.replaceAll(
    /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string | undefined, rest: string | undefined) => {
      const value = environment[name] ?? '';
      if (value !== '') return value;
      if (kind === '-') return rest ?? '';
      throw new Error(`${name}: ${rest ?? 'no message'}`);
    },
  );
  const document = parse(filled, { merge: true }) as { readonly services: Readonly<Record<string, Service>> };
  return document.services;
};

const namesIn = (source: string): readonly string[] => [
  ...new Set([...source.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '')),
];

/** The environment of one service, as its process sees it. */
const environmentOf = (service: string): Environment =>
  Object.fromEntries(
    Object.entries(services[service]?.environment ?? {}).map(([name, value]) => [name, String(value)]),
  );

const read = async (file: string, name: string, environment: Environment): Promise<unknown> => {
  const reader = (await load(file))[name] as (environment: Environment) => unknown;
  return reader(environment);
};

const readers = {
  users: ['subgraphs/users/src/users.config.ts', 'readUsersConfig'],
  projects: ['subgraphs/projects/src/projects.config.ts', 'readProjectsConfig'],
  notifications: ['subgraphs/notifications/src/notifications.config.ts', 'readNotificationsConfig'],
  gateway: ['gateway/src/gateway.config.ts', 'readGatewayConfig'],
  migrate: ['scripts/migration.config.ts', 'readMigrationConfig'],
} as const;
const processes = Object.keys(readers) as readonly (keyof typeof readers)[];

describe('settings', () => {
  it.each(processes)('%s starts with what Compose gives it', async (name) => {
    const environment = environmentOf(name);
    const [file, reader] = readers[name];
    expect(await read(file, reader, environment)).toBeDefined();
    const shared = Object.keys(environment).filter((each) => /^(REDIS|RABBITMQ)_URL$/.test(each));
    const own = new RegExp(`^${name === 'migrate' ? 'MIGRATION' : name.toUpperCase()}_`);
    // A reader looks at names with its own prefix: any other would be ignored silently.
    expect(Object.keys(environment).filter((each) => !own.test(each))).toEqual(shared);
  });

  it.each(['users', 'projects', 'notifications'])('%s has both URLs that services need', async (name) => {
    const file = 'packages/config/shared-settings.ts';
    expect(await read(file, 'readSharedConfig', environmentOf(name))).toMatchObject({
      REDIS_URL: expect.stringMatching(/@redis:6379$/),
      RABBITMQ_URL: expect.stringMatching(/@rabbitmq:5672$/),
    });
  });

  it.each(['users', 'projects', 'notifications'] as const)(
    '%s and the gateway share a key, and its shards are the ones that are migrated',
    async (name) => {
      const upper = name.toUpperCase();
      const environment = environmentOf(name);
      const key = environment[`${upper}_IDENTITY_KEY`];
      expect(environmentOf('gateway')['GATEWAY_IDENTITY_KEYS']?.split(',')).toContain(`${name}=${key}`);
      const primaries = (urls: string | undefined) =>
        (urls ?? '').split(';').map((shard) => new URL(shard.split(',')[0] ?? '').host);
      expect(primaries(environment[`${upper}_SHARD_URLS`])).toEqual(
        primaries(environmentOf('migrate')[`MIGRATION_${upper}_SHARDS`]),
      );
    },
  );

  it.each(['users', 'projects', 'notifications'])('%s reads from every node of every shard', (name) => {
    const urls = environmentOf(name)[`${name.toUpperCase()}_SHARD_URLS`] ?? '';
    const nodes = Object.keys(services).filter((each) => each.startsWith('shard-'));
    expect(urls.split(/[;,]/).map((url) => new URL(url).hostname)).toEqual(
      nodes.toSorted((a, b) => a.localeCompare(b)),
    );
  });
});

describe('secrets', () => {
  it('are asked for by name when they are missing', () => {
    const unset = namesIn(example.replaceAll(/^([A-Z_]+)=$/gm, '${$1}'));
    expect(unset.length).toBeGreaterThan(10);
    for (const name of unset) {
      expect(() => servicesWith({ ...secrets, [name]: '' })).toThrow(`${name}: run deploy/make-env.sh`);
    }
  });

  it('and settings are all in the example, and nothing else is', () => {
    expect(Object.keys(readEnv(example)).toSorted()).toEqual(namesIn(text).toSorted());
  });

  it('in .env are not taken for settings of a local system', async () => {
    const prefixes = await Promise.all(
      [...sources.keys()]
        .filter((file) => file.endsWith('.config.ts'))
        .map(async (file) =>
          Object.values(await load(file)).flatMap((value) => {
            const { prefix } = (typeof value === 'object' && value !== null ? value : {}) as {
              readonly prefix?: string;
            };
            return prefix === undefined || prefix === '' ? [] : [prefix];
          }),
        ),
    );
    const known = prefixes.flat();
    expect(known).toContain('USERS_');
    const taken = Object.keys(secrets).filter((name) => known.some((prefix) => name.startsWith(prefix)));
    expect(taken).toEqual([]);
  });

  it('are written for their owner alone and never overwritten', () => {
    const again = () =>
      execFileSync('sh', [join(root, 'deploy', 'make-env.sh'), join(folder, '.env')], { stdio: 'pipe' });
    expect(again).toThrow(/exists already/);
    expect(secrets['TOKEN_PRIVATE_KEY']).toMatch(
      /^-----BEGIN PRIVATE KEY-----\\n[\w+/=]+\\n-----END PRIVATE KEY-----$/,
    );
    expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length);
  });
});

describe('containers', () => {
  it('run images that are pinned by tag', () => {
    for (const { image } of Object.values(services)) expect(image).toMatch(/^[a-z]+:\d[\w.-]*$/);
    const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
    for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/^[a-z]+:\d[\w.-]*$/);
  });

  it('mount and run only what exists', () => {
    for (const { volumes = [], command = [] } of Object.values(services)) {
      for (const [, path] of volumes.join('\n').matchAll(/^\.\/([^:]+):/gm)) {
        expect(existsSync(join(root, path ?? ''))).toBe(true);
      }
      for (const part of command.filter((each) => each.endsWith('/main.js'))) {
        expect(sources.has(part.replace('/dist/', '/src/').replace(/\.js$/, '.ts'))).toBe(true);
      }
    }
  });

  it('are reached from outside through the gateway alone', () => {
    const reachable = Object.entries(services).filter(
      ([, { ports, networks }]) => ports !== undefined || networks.includes('public'),
    );
    expect(reachable.map(([name]) => name)).toEqual(['gateway']);
  });

  it('have limits and a restart policy, and wait for services that exist', () => {
    for (const { deploy, restart, depends_on } of Object.values(services)) {
      expect(deploy.resources.limits.memory).toMatch(/^\d+[MG]$/);
      expect(['unless-stopped', 'no']).toContain(restart);
      for (const other of Object.keys(depends_on ?? {})) expect(Object.keys(services)).toContain(other);
    }
  });
});
