/**
 * For the Prisma CLI alone: `DATABASE_URL=... npx prisma@7.10.0 migrate deploy --config <this file>`.
 * Plain data without imports, so that it works where Prisma is not installed.
 */
export default {
  schema: '.',
  migrations: { path: 'migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
};
