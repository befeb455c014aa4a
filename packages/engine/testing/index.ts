export * from './graph-under-test.ts';
export * from './random-operations.ts';
export * from './town.ts';
