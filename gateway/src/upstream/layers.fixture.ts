import { createLogger, memoryLog } from '@saas/telemetry';
import type { CallWatch, WatchedCall } from './call-watch.ts';
import { tokenKeeper } from './token-keeper.ts';
import type { Send, UpstreamAnswer, UpstreamCall } from './upstream-call.ts';

/** A query that has ten seconds left, unless told otherwise. */
export const upstreamCall = (more: Partial<UpstreamCall> = {}): UpstreamCall => ({
  request: { query: '{ me { id } }' },
  context: {
    requestId: 'request-1',
    logger: createLogger({ name: 'test', level: 'info', destination: memoryLog().destination }),
    viewer: { status: 'anonymous' },
    signal: new AbortController().signal,
    deadlineAtMs: performance.now() + 10_000,
    tokens: tokenKeeper(),
    identityFor: () => undefined,
  },
  isMutation: false,
  body: '{"query":"{ me { id } }","variables":{}}',
  endsAtMs: performance.now() + 10_000,
  isHurried: false,
  caller: { aborted: false },
  ...more,
});

export const upstreamAnswer = (data: object = { me: { id: 'u1' } }, status = 200): UpstreamAnswer => {
  const body = Buffer.from(JSON.stringify({ data }));
  return {
    status,
    data: { ...data },
    errors: [],
    body,
    consistencyToken: undefined,
    sentAtMs: performance.now(),
  };
};

/** What a socket fails with. */
export const socketError = (code: string): Error => Object.assign(new Error(code), { code });

type Sent = {
  readonly call: UpstreamCall;
  readonly answer: (answer?: UpstreamAnswer) => void;
  readonly fail: (error: unknown) => void;
};

/** The innermost send of a test: it notes every call, and answers when and what the test says. */
export const heldWire = (): { readonly sent: Sent[]; readonly send: Send } => {
  const sent: Sent[] = [];
  const send: Send = async (call) =>
    new Promise((resolve, reject) => {
      sent.push({ call, answer: (answer = upstreamAnswer()) => resolve(answer), fail: reject });
    });
  return { sent, send };
};

/** A watch that looks when the test says so, at the time that the test says it is. */
export const handWatch = () => {
  const watched = new Set<WatchedCall>();
  const watch: CallWatch = { add: (call) => watched.add(call), delete: (call) => watched.delete(call) };
  const look = (nowMs = -Infinity): void => {
    for (const call of watched) {
      if (call.caller?.aborted === true) call.giveUp('left');
      else if (nowMs >= call.endsAtMs) call.giveUp('late');
    }
  };
  return { watch, watched, look };
};

/** Lets everything run that does not wait for anything. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
