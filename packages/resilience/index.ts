export * from './breaker.ts';
export * from './bulkhead.ts';
export * from './deadline.ts';
export * from './graceful-stop.ts';
export * from './parent-watch.ts';
export * from './resilience.errors.ts';
export * from './retry-budget.ts';
export * from './stop-on-signals.ts';
