import type { Socket } from 'node:net';
import { AppError, isAppError } from '@saas/kernel';
import type { Logger } from '@saas/telemetry';
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts';
import type { Detours } from '../upstream/detours.ts';
import { chaosErrors } from './chaos.errors.ts';

/** What a command asks: one line of JSON, once per connection. */
export type ChaosQuestion = {
  readonly subgraph: string;
  /** Its proxy, `http://127.0.0.1:port`. Without one, it only wants to know where the subgraph is. */
  readonly origin?: string;
};

/** One line of JSON as well. */
export type ChaosAnswer =
  /** `url` is where the subgraph is really called at: what the proxy is to pass calls on to. */
  | { readonly status: 'known'; readonly url: string }
  /** From the next call on they go to `origin`, until this connection ends. */
  | { readonly status: 'begun'; readonly url: string }
  | { readonly status: 'refused'; readonly code: string; readonly message: string };

export type ChaosRules = {
  readonly isAllowed: boolean;
  /** Those that are called over HTTP, and at which URL. */
  readonly subgraphs: () => readonly SubgraphAddress[];
  readonly detours: Detours;
  readonly logger: Logger;
};

const QUESTION_BYTES_MAX = 4_096;
const QUESTION_MS_MAX = 10_000;

/** Serves one command: sends one subgraph's calls through its proxy for exactly as long as `socket` stays open. */
export const serveChaos = (socket: Socket, rules: ChaosRules): void => {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(QUESTION_MS_MAX, () => socket.destroy());
  const answer = (said: ChaosAnswer): void => void socket.write(`${JSON.stringify(said)}\n`);
  let text = '';
  const read = (chunk: Buffer): void => {
    text += chunk.toString();
    if (text.length > QUESTION_BYTES_MAX) socket.destroy();
    const [line, more] = text.split('\n');
    if (line === undefined || more === undefined) return;
    socket.off('data', read).resume();
    try {
      answer(begin(questionIn(line), socket, rules));
      socket.setTimeout(0);
    } catch (error) {
      const { code, message } = isAppError(error) ? error : chaosErrors.CHAOS_MISUNDERSTOOD();
      rules.logger.warn({ code }, 'chaos: a command was refused');
      answer({ status: 'refused', code, message });
      socket.end();
    }
  };
  socket.on('data', read);
};

const begin = ({ subgraph, origin }: ChaosQuestion, socket: Socket, rules: ChaosRules): ChaosAnswer => {
  const { isAllowed, detours, logger } = rules;
  if (!isAllowed) throw chaosErrors.CHAOS_NOT_ALLOWED();
  const url = urlOf(subgraph, rules.subgraphs());
  if (origin === undefined) return { status: 'known', url };
  const end = detours.begin(subgraph, origin);
  if (end === undefined) throw chaosErrors.CHAOS_IN_PROGRESS();
  logger.warn({ subgraph }, 'chaos: calls to a subgraph go through a fault proxy');
  socket.once('close', () => {
    end();
    logger.warn({ subgraph }, 'chaos: calls go to the subgraph again');
  });
  return { status: 'begun', url };
};

const urlOf = (subgraph: string, addresses: readonly SubgraphAddress[]): string => {
  const address = addresses.find(({ name }) => name === subgraph);
  if (address !== undefined) return address.url;
  const { CHAOS_SUBGRAPH_UNKNOWN: definition } = chaosErrors.definitions;
  const names = addresses.map(({ name }) => name).join(', ');
  const message = `There is no subgraph "${subgraph}" that is called over HTTP. There are ${names}.`;
  throw new AppError('CHAOS_SUBGRAPH_UNKNOWN', { ...definition, message });
};

/** A proxy is only looked for on this machine: nobody is to have calls, with the identities in them, sent elsewhere. */
const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

const questionIn = (line: string): ChaosQuestion => {
  const said: unknown = JSON.parse(line);
  if (typeof said !== 'object' || said === null || !('subgraph' in said))
    throw chaosErrors.CHAOS_MISUNDERSTOOD();
  const { subgraph } = said;
  if (typeof subgraph !== 'string') throw chaosErrors.CHAOS_MISUNDERSTOOD();
  if (!('origin' in said)) return { subgraph };
  const { origin } = said;
  const isGood = typeof origin === 'string' && LOOPBACK.test(origin) && URL.canParse(origin);
  if (!isGood) throw chaosErrors.CHAOS_MISUNDERSTOOD();
  return { subgraph, origin };
};
