import { memoryBreakerHints } from './index.ts';
import { describeBreakerHintsContract } from './testing/index.ts';

describeBreakerHintsContract('memoryBreakerHints', async () => {
  const hints = memoryBreakerHints();
  return { one: hints.join(), other: hints.join(), until: async () => undefined };
});
