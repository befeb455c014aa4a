export * from './date-time.ts';
export * from './loader.ts';
export * from './page.ts';
export * from './payload.ts';
export type { Route, RouteAnswer } from './routes.ts';
export * from './start-subgraph.ts';
export * from './subgraph-request.ts';
export * from './subgraph.errors.ts';
export * from './to-client-error.ts';
