export * from './revoked-sessions.contract.ts';
