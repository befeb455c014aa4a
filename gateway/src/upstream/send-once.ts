import { callWatch } from './call-watch.ts';
import { exchange } from './exchange.ts';
import { headerWriter, type HeaderRules } from './request-headers.ts';
import type { Route } from './route.ts';
import { parseAnswer } from './subgraph-answer.ts';
import type { Send } from './upstream-call.ts';

type Options = {
  readonly name: string;
  readonly path: string;
  readonly route: Pick<Route, 'pool'>;
  readonly responseBytesMax: number;
  readonly headers?: HeaderRules | undefined;
};

/** The innermost part of a call: signs it, sends it and reads the answer. Only our own headers are sent, and those that `headers` lists. */
export const sendOnce = ({ name, path, route, responseBytesMax, headers: rules }: Options): Send => {
  const watch = callWatch();
  const headersOf = headerWriter(name, rules);
  return async ({ request, context, body, endsAtMs, caller }) => {
    const sentAtMs = performance.now();
    const answer = await exchange(route.pool, watch, {
      path,
      headers: headersOf(context, Math.floor(endsAtMs - sentAtMs)),
      body,
      bytesMax: responseBytesMax,
      endsAtMs,
      caller,
    });
    const { data, errors } = parseAnswer(answer, request);
    const { status, headers } = answer;
    const { consistencyToken, isUntold } = headers;
    return { status, data, errors, body: answer.body, consistencyToken, sentAtMs, isUntold };
  };
};
