/**
 * What each room may import, as data; `import-arrows.ts` holds every import statement against it. A room that is not
 * listed may not exist. Everyone may import kernel, and its own room.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  config: [],
  telemetry: [],
  resilience: [],
  auth: [],
  engine: [],
  cache: [],
  'local-stack': [],
  'event-sourcing': [],
  messaging: ['event-sourcing'],
  postgres: ['event-sourcing', 'messaging', 'cache'],
  rabbitmq: ['messaging'],
  // Auth for the port of its deny-list.
  redis: ['messaging', 'resilience', 'cache', 'auth'],
  // Event-sourcing for its consistency token, which every request carries.
  subgraph: ['auth', 'cache', 'config', 'event-sourcing', 'resilience', 'telemetry'],
  gateway: ['auth', 'cache', 'config', 'engine', 'messaging', 'redis', 'resilience', 'telemetry'],
  'subgraphs/users': ['@service', 'prisma-users'],
  'subgraphs/projects': ['@service', 'prisma-projects'],
  'subgraphs/notifications': ['@service', 'prisma-notifications'],
  'prisma-users': [],
  'prisma-projects': [],
  'prisma-notifications': [],
  scripts: ['*'],
  tests: ['*'],
  bench: ['*'],
};

/** `@service` above: what any subgraph may import. */
export const everyService = [
  'auth',
  'cache',
  'config',
  'event-sourcing',
  'messaging',
  'postgres',
  'rabbitmq',
  'redis',
  'resilience',
  'subgraph',
  'telemetry',
] as const;

/** Rooms that know a product by name: in a subgraph their code is imported by the wiring alone, their types by all. */
export const adapters: readonly string[] = ['postgres', 'rabbitmq', 'redis'];

/** `wiring.ts` builds on the databases; `main.ts` chooses what is shared with other services, and hands it over. */
export const adapterImporters: readonly RegExp[] = [/\/src\/(wiring|main)\.ts$/];

/** Roles that hold rules: they import each other and these rooms, of auth its roles and refusals, and nothing that waits. */
export const pureRoles: readonly string[] = ['events', 'errors', 'values', 'decider', 'announcements'];
export const pureRooms: readonly string[] = ['kernel', 'event-sourcing', 'auth'];
/** Rooms whose types alone a rule may name: what a value is parsed from. */
export const pureTypeRooms: readonly string[] = ['messaging'];

/** The Node built-ins that a rule may use: they compute, they do not wait. */
export const pureBuiltIns: readonly string[] = ['node:crypto'];

/** Where the environment may be read, besides scripts, tests and benchmarks. */
export const environmentReaders: readonly RegExp[] = [
  /(^|\/)main\.ts$/,
  // Read by the Prisma CLI alone, which hands over nothing else.
  /^prisma\/[^/]+\/prisma\.config\.ts$/,
];

/** Where the time of day may be asked for, besides scripts, tests and benchmarks. */
export const clockReaders: readonly RegExp[] = [/^packages\/kernel\/clock\.ts$/];
