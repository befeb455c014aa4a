export * from './assert-never.ts';
export * from './brand.ts';
export * from './bucket-of.ts';
export * from './canonical-json.ts';
export * from './clock.ts';
export * from './consistency-token.ts';
export * from './errors.ts';
export * from './ids.ts';
