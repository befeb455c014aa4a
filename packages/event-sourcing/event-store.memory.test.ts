import { describeEventLogContract, describeEventStoreContract } from '@saas/event-sourcing/testing';
import { systemClock } from '@saas/kernel';
import { memoryEventStore } from './event-store.memory.ts';

describeEventStoreContract('memoryEventStore', async (codec) => {
  const store = memoryEventStore(systemClock, codec);
  return {
    store,
    outboxOf: async (streams) => store.outbox.filter(({ stream }) => streams.includes(stream)),
  };
});

describeEventLogContract('memoryEventStore', async (codec) => {
  const store = memoryEventStore(systemClock, codec);
  return { store, log: store.log };
});
