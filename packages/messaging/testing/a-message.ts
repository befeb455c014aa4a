import { newTenantId, systemClock } from '@saas/kernel';
import type { Message } from '../message-bus.port.ts';

const tenantId = newTenantId(systemClock);

/** A message like any other, but for what a test is about; all are one tenant's. */
export const aMessage = (fields: Partial<Message> = {}): Message => ({
  id: 'm',
  tenantId,
  topic: 't',
  routingKey: 'a.b',
  stream: 'a-1',
  sequence: 1,
  headers: {},
  body: {},
  ...fields,
});
