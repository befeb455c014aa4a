import { describeParkedMessagesContract } from '@saas/messaging/testing';
import { memoryParkedMessages } from './parked-messages.memory.ts';

describeParkedMessagesContract('memoryParkedMessages', async () => {
  const perStreamMax = 5;
  const parked = memoryParkedMessages({ perStreamMax });
  return { parked, other: parked, perStreamMax };
});
