import { describe, expect, it } from '@jest/globals';
import { memoryPermissionChanges, type AuthenticatedViewer, type PermissionChange } from '@saas/auth';
import { newId, newTenantId, systemClock } from '@saas/kernel';
import { resilienceErrors } from '@saas/resilience';
import { heldWire, settled, socketError, upstreamAnswer, upstreamCall } from './layers.fixture.ts';
import { permissionWitnessLayer } from './permission-witness-layer.ts';
import { upstreamErrors } from './upstream.errors.ts';

const viewer: AuthenticatedViewer = {
  status: 'authenticated',
  userId: newId('usr', 7, systemClock),
  tenantId: newTenantId(systemClock),
  role: 'MEMBER',
  sessionId: newId('ses', 7, systemClock),
};

const world = () => {
  const told: PermissionChange[] = [];
  const changes = memoryPermissionChanges();
  changes.subscribe({ onChange: (change) => void told.push(change), onGap: () => undefined });
  const { sent, send } = heldWire();
  return { told, sent, send: permissionWitnessLayer(changes)(send) };
};

const callOf = (who: AuthenticatedViewer | { readonly status: 'anonymous' }, isMutation: boolean) => {
  const call = upstreamCall({ isMutation });
  return { ...call, context: { ...call.context, viewer: who } };
};

/** What is told when a call fails in this way. */
const toldAfter = async (failure: unknown, call = callOf(viewer, true)) => {
  const { told, sent, send } = world();
  const answer = send(call);
  sent[0]?.fail(failure);
  await expect(answer).rejects.toBe(failure);
  return told;
};

const tenant = [{ tenantId: viewer.tenantId, userIds: 'all' }];

describe('a mutation whose outcome is not known', () => {
  it.each([
    ['the connection was lost', socketError('ECONNRESET')],
    ['the answer did not come in time', resilienceErrors.UPSTREAM_TIMEOUT()],
    ['the answer could not be read', upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status: 200 })],
    ['a proxy answered', upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status: 502 })],
    ['nobody foresaw that', new Error('boom')],
  ])('may have changed the rights of anybody in the tenant: %s', async (_, error) => {
    expect(await toldAfter(error)).toEqual(tenant);
  });

  it.each([
    ['nobody took it', socketError('ECONNREFUSED')],
    ['the breaker was open', upstreamErrors.SUBGRAPH_CIRCUIT_OPEN()],
    ['there was no place', upstreamErrors.SUBGRAPH_BUSY()],
    ['it was refused', upstreamErrors.SUBGRAPH_ANSWER_UNUSABLE({ status: 403 })],
  ])('has changed nothing when it was not carried out: %s', async (_, error) => {
    expect(await toldAfter(error)).toEqual([]);
  });

  it('of a visitor, or a query, is nothing to tell of', async () => {
    const error = socketError('ECONNRESET');
    expect(await toldAfter(error, callOf({ status: 'anonymous' }, true))).toEqual([]);
    expect(await toldAfter(error, callOf(viewer, false))).toEqual([]);
  });
});

it('is told in the stead of a service that says it cannot, and of no other', async () => {
  const { told, sent, send } = world();
  const answers = [send(callOf(viewer, true)), send(callOf(viewer, true))];
  sent[0]?.answer(upstreamAnswer());
  await settled();
  expect(told).toEqual([]);
  sent[1]?.answer({ ...upstreamAnswer(), isUntold: true });
  await Promise.all(answers);
  expect(told).toEqual(tenant);
});
