import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'undici';

const START_MS_MAX = 10_000;
const RETRY_MS = 100;

/**
 * Bytes of JavaScript objects that a process still refers to, its garbage collected before. The process was started with
 * `--inspect=<port>`.
 */
export const heapSize = async (port: number): Promise<number> => {
  const socket = new WebSocket(await inspectorUrl(port));
  await once(socket, 'open');
  try {
    // Once more: what finalizers let go of, the second round takes.
    await ask(socket, 1, 'HeapProfiler.collectGarbage');
    await ask(socket, 2, 'HeapProfiler.collectGarbage');
    const { usedSize } = await ask(socket, 3, 'Runtime.getHeapUsage');
    if (typeof usedSize !== 'number') throw new Error('The inspector does not tell the size of the heap.');
    return usedSize;
  } finally {
    socket.close();
  }
};

const inspectorUrl = async (port: number): Promise<string> => {
  const giveUpAt = performance.now() + START_MS_MAX;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`);
      const [target] = (await response.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
    }
    await delay(RETRY_MS);
  }
};

type Reply = { readonly id?: number; readonly result?: Readonly<Record<string, unknown>> };

const ask = async (
  socket: WebSocket,
  id: number,
  method: string,
): Promise<Readonly<Record<string, unknown>>> =>
  new Promise((resolve, reject) => {
    const hear = ({ data }: { readonly data: unknown }): void => {
      const reply = JSON.parse(String(data)) as Reply;
      if (reply.id !== id) return;
      socket.removeEventListener('message', hear);
      if (reply.result === undefined) reject(new Error(`The inspector refuses ${method}: ${String(data)}`));
      else resolve(reply.result);
    };
    socket.addEventListener('message', hear);
    socket.send(JSON.stringify({ id, method }));
  });
