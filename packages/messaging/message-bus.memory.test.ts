import { describeMessageBusContract } from '@saas/messaging/testing';
import { memoryMessageBus } from './message-bus.memory.ts';

describeMessageBusContract('memoryMessageBus', async () => memoryMessageBus());
