/** What a file may be called and how long it may be, as data; `file-roles.ts` and `file-sizes.ts` hold the files against it. */

/** The second word of `noun.role.ts`. */
export const roles: readonly string[] = [
  'events',
  'errors',
  'values',
  'decider',
  'announcements',
  'projection',
  'queries',
  'resolvers',
  'reaction',
  // Several transactions that must end as one, also when the process dies between them.
  'process',
  'port',
  'config',
  'context',
  'contract',
  // What several tests of one room begin with.
  'fixture',
  'test',
];

/** Products that a file may know: `event-store.postgres.ts`. */
export const products: readonly string[] = [
  'postgres',
  'redis',
  'rabbitmq',
  'memory',
  'argon2',
  'smtp',
  'spool',
  'http',
];

/** Beside the roles, at the top of a subgraph: where it begins, how it is built, what others see of it. */
export const subgraphFiles: readonly string[] = ['main', 'wiring', 'index'];

/** Names that say nothing. Code wanted twice is an idea without a name: find the name. */
export const emptyNames: readonly string[] = [
  'shared',
  'common',
  'util',
  'utils',
  'helper',
  'helpers',
  'misc',
];

/** Tools read the default export of these, and give no choice. */
export const defaultExports: readonly RegExp[] = [
  /(^|\/)[a-z]+\.config\.(ts|js|mjs)$/,
  /^tests\/support\/global-(setup|teardown)\.js$/,
];

/** Lines of a file: none may have more than the first; this share of all stays within the second. */
export const fileLinesMax = 350;
export const usualFileLinesMax = 200;
export const usualShare = 0.95;

/** Lines of a function: what a screen shows. */
export const functionLinesMax = 50;
