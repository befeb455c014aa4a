import { expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import { describeMessageBusContract } from '@saas/messaging/testing';
import { memoryMessageBus } from './message-bus.memory.ts';

describeMessageBusContract('memoryMessageBus', async () => memoryMessageBus());

it('confirms nothing while it is closed', async () => {
  const bus = memoryMessageBus({ isClosed: true });
  const message = {
    id: 'm',
    tenantId: newTenantId(systemClock),
    topic: 't',
    routingKey: 'a.b',
    stream: 'a-1' as const,
    sequence: 1,
    headers: {},
    body: {},
  };
  expect(await bus.publish([message])).toEqual(new Set());
  bus.open();
  expect(await bus.publish([message])).toEqual(new Set(['m']));
  bus.close();
  expect(await bus.publish([message])).toEqual(new Set());
});
