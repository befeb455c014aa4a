export * from './health-answers.ts';
export * from './health-monitor.ts';
export * from './health-source.ts';
export * from './incident-id.ts';
export * from './logger.ts';
export * from './plain-lines.ts';
export * from './redact.ts';
export * from './request-logger.ts';
