import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineErrors } from '@saas/kernel';
import type pg from 'pg';
import { watchedWork } from './watched-work.ts';

const { CALLER_GONE } = defineErrors({
  CALLER_GONE: { audience: 'client', retryable: true, message: 'Gone.' },
});

/** Answers cancel requests by hand. */
let server: Server;
let requests: Socket[];
beforeEach(async () => {
  requests = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    requests.push(socket);
    server.emit('request');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of requests) socket.destroy();
  server.close();
});

const connection = () => {
  const { port } = server.address() as AddressInfo;
  const state = { isEnded: false };
  const client = {
    host: '127.0.0.1',
    port,
    ssl: false,
    sslNegotiation: 'postgres',
    processID: 1,
    secretKey: 1,
    end: async () => {
      state.isEnded = true;
    },
  } as unknown as pg.ClientBase;
  return { client, state };
};
const deferred = <Value>() => {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};
const nextRequest = async () => {
  if (requests.length === 0) await once(server, 'request');
  const [socket] = requests.splice(0, 1);
  if (!socket) throw new Error('No request.');
  return socket;
};

/** As the server does: it reads, sends the signal and closes. */
const answer = (request: Socket): void => {
  request.once('data', () => request.end());
};

describe('watched work', () => {
  it('is let be while somebody waits for it', async () => {
    const { signal } = new AbortController();
    expect(await watchedWork(connection().client, { signal }, async () => 'done')).toBe('done');
    expect(requests).toEqual([]);
  });

  it('is not begun for nobody', async () => {
    let isBegun = false;
    const work = watchedWork(connection().client, { signal: AbortSignal.abort(CALLER_GONE()) }, async () => {
      isBegun = true;
    });
    await expect(work).rejects.toMatchObject({ code: 'CALLER_GONE' });
    expect(isBegun).toBe(false);
  });

  it('settles only after the cancel request was answered, whatever became of it meanwhile', async () => {
    const caller = new AbortController();
    const statement = deferred<string>();
    let isSettled = false;
    const { client, state } = connection();
    const watched = watchedWork(client, { signal: caller.signal }, () => statement.promise).finally(() => {
      isSettled = true;
    });
    caller.abort(CALLER_GONE());
    const request = await nextRequest();
    statement.resolve('done all the same');
    await new Promise(setImmediate);
    expect(isSettled).toBe(false);
    answer(request);
    await expect(watched).rejects.toMatchObject({ code: 'CALLER_GONE' });
    expect(state.isEnded).toBe(false);
  });

  it('is cancelled again when its next statement has begun', async () => {
    const caller = new AbortController();
    const statement = deferred<string>();
    const watched = watchedWork(connection().client, { signal: caller.signal }, () => statement.promise);
    caller.abort(CALLER_GONE());
    for (let round = 0; round < 3; round += 1) answer(await nextRequest());
    statement.resolve('cancelled');
    server.on('request', () => requests.splice(0).forEach(answer));
    await expect(watched).rejects.toMatchObject({ code: 'CALLER_GONE' });
  });

  it('loses its connection when the cancel request is not answered', async () => {
    const caller = new AbortController();
    const { client, state } = connection();
    const statement = deferred<string>();
    const watched = watchedWork(client, { signal: caller.signal }, () => statement.promise);
    caller.abort(CALLER_GONE());
    const request = await nextRequest();
    statement.resolve('done');
    request.resetAndDestroy();
    await expect(watched).rejects.toMatchObject({ code: 'CALLER_GONE' });
    expect(state.isEnded).toBe(true);
  });
});
