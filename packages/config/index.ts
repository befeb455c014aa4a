export * from './chaos-permission.ts';
export * from './describe-setting.ts';
export * from './read-config.ts';
export * from './secret.ts';
export * from './service-settings.ts';
export * from './settings.ts';
export * from './shared-settings.ts';
