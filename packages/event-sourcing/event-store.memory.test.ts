import { describeEventStoreContract } from '@saas/event-sourcing/testing';
import { memoryEventStore } from './event-store.memory.ts';

describeEventStoreContract('memoryEventStore', async () => {
  const store = memoryEventStore();
  return {
    store,
    outboxOf: async (streams) => store.outbox.filter(({ stream }) => streams.includes(stream)),
  };
});
