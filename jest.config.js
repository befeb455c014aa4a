/** One configuration, five projects; `npm test` says which of them this machine can run. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@saas/prisma-(users|projects|notifications)$': '<rootDir>/prisma/$1/client/client.ts',
    '^@saas/(users|projects|notifications)$': '<rootDir>/subgraphs/$1/src/index.ts',
    '^@saas/gateway$': '<rootDir>/gateway/src/index.ts',
    '^@saas/scripts$': '<rootDir>/scripts/index.ts',
    '^@saas/users/testing$': '<rootDir>/subgraphs/users/src/directory/email-directory.contract.ts',
    '^@saas/([a-z-]+)/testing$': '<rootDir>/packages/$1/testing/index.ts',
    '^@saas/([a-z-]+)$': '<rootDir>/packages/$1/index.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.data/'],
};

const withStack = {
  ...shared,
  globalSetup: '<rootDir>/tests/support/global-setup.js',
  globalTeardown: '<rootDir>/tests/support/global-teardown.js',
};

export default {
  workerIdleMemoryLimit: '512MB',
  // Of a test that hangs, not of one that is slow: on a busy machine a real server takes its time.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{packages,gateway,subgraphs,scripts,bench}/**/*.test.ts',
        '<rootDir>/tests/{architecture,contract}/**/*.test.ts',
      ],
    },
    { ...shared, displayName: 'differential', testMatch: ['<rootDir>/tests/differential/**/*.test.ts'] },
    { ...withStack, displayName: 'integration', testMatch: ['<rootDir>/tests/integration/**/*.test.ts'] },
    { ...withStack, displayName: 'e2e', testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'] },
    { ...withStack, displayName: 'resilience', testMatch: ['<rootDir>/tests/resilience/**/*.test.ts'] },
  ],
};
