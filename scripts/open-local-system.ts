import type { startLocalSystem } from './local-system.ts';

/** `startLocalSystem` for those who ask this room for other things too: the gateway, slow to load, is loaded here. */
export const openLocalSystem: typeof startLocalSystem = async (...given) =>
  (await import('./local-system.ts')).startLocalSystem(...given);
