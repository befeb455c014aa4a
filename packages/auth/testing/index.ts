export * from './permission-changes.contract.ts';
export * from './permission-effects.contract.ts';
export * from './revoked-sessions.contract.ts';
