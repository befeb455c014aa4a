import type { Flow, Rank } from '@saas/resilience';
import type { OperationReply, OperationRequest } from '../operations/operation-exchange.ts';
import { rankOf } from '../overload/operation-rank.ts';
import type { OverloadControl } from '../overload/overload-control.ts';
import { overloadErrors } from '../overload/overload.errors.ts';
import type { Handler, Stage } from './stage.ts';

/**
 * Lets as many operations on as can be served at once. The others wait for a moment, mutations first, then tenant by tenant, and are
 * refused when their turn does not come. While there is room this takes no wait and no promise of its own.
 *
 * An answer in parts is under way until its first part: the others wait for subgraphs, which have their own limits.
 *
 * @param options.overload undefined: everything is let on.
 * @throws {AppError} `GATEWAY_OVERLOADED`, with `retryAfterSeconds`. Nothing was done.
 */
export const useOverload = ({
  overload,
}: {
  readonly overload: OverloadControl | undefined;
}): Stage<OperationRequest, OperationReply> => ({
  name: 'overload',
  handle: async (request, next) => {
    if (overload === undefined) return next(request);
    const flow = flowOf(overload, request);
    if (!overload.gate.tryEnter(flow)) await turnOf(overload, request, flow);
    return answerInside(overload, request, next);
  },
});

const answerInside = async (
  overload: OverloadControl,
  request: OperationRequest,
  next: Handler<OperationRequest, OperationReply>,
): Promise<OperationReply> => {
  overload.began();
  const beganAtMs = performance.now();
  try {
    const reply = await next(request);
    const nowMs = performance.now();
    // What was broken off because its client has left took no time that says anything.
    if (request.signal.aborted) overload.gate.leaveUnmeasured(nowMs);
    else overload.gate.leave(nowMs - beganAtMs, overload.usualOf(request.document.node), nowMs);
    return reply;
  } catch (error) {
    overload.gate.leaveUnmeasured(performance.now());
    throw error;
  }
};

/** Resolves when the operation has entered; of a client that has left meanwhile nobody hears again. */
const turnOf = async (overload: OverloadControl, request: OperationRequest, flow: Flow): Promise<void> => {
  const rank: Rank = rankOf(request.document.node, request.params.operationName);
  return new Promise((resolve, reject) => {
    const waiter = {
      enter: resolve,
      refuse: (reason: 'queue_full' | 'waited_too_long') =>
        reject(overloadErrors.GATEWAY_OVERLOADED({ retryAfterSeconds: overload.noteShed(reason, rank) })),
      hasLeft: () => request.signal.aborted,
    };
    overload.gate.wait(flow, rank, waiter, performance.now());
  });
};

/** A tenant, or the address of somebody who has not signed in. While the door is not open, it learns whose token this is. */
const flowOf = (
  overload: OverloadControl,
  { viewer, clientAddress, headers: { authorization } }: OperationRequest,
): Flow => {
  const { door, flows, tokens } = overload;
  if (viewer.status === 'anonymous') return overload.flowOfAddress(clientAddress);
  const flow = flows.of(viewer.tenantId);
  // Its token was not known at the door, so it came in on its address: that was no waste.
  if (!door.isOpen && authorization !== undefined && tokens.learn(authorization, flow))
    overload.flowOfAddress(clientAddress).begun += 1;
  return flow;
};
