export * from './raw-channel.ts';
