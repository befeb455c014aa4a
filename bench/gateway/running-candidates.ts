import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Candidate } from './candidates.ts';
import { httpPost } from './http-post.ts';
import { operations } from './operations.ts';
import { installPeer } from './peers.ts';
import { CANDIDATE_CORE, freePort, startPinned, type PinnedProcess } from './pinned-process.ts';
import { wrongAnswer } from './right-answers.ts';
import type { Surroundings } from './surroundings.ts';

/** Room for young objects: V8's default, or what the gateway is started with. */
export type Memory = 'default' | '64 MB';

export type RunningCandidate = {
  readonly candidate: Candidate;
  readonly memory: Memory;
  readonly pid: number;
  readonly port: number;
  /** What it writes. */
  readonly logFile: string;
  stop(): Promise<void>;
};

const START_MS_MAX = 30_000;
const RETRY_MS = 100;

/**
 * Starts a candidate and asks it every operation.
 *
 * @throws {Error} when it cannot be installed, does not start, or answers something wrong; the message says what.
 */
export const startCandidate = async (
  candidate: Candidate,
  memory: Memory,
  { directory, supergraphFile, subgraphs }: Surroundings,
  nodeOptions: readonly string[] = [],
): Promise<RunningCandidate> => {
  const folder = candidate.peer === undefined ? directory : await installPeer(candidate.peer);
  const port = await freePort();
  const { args, env } = candidate.command({ port, supergraphFile, subgraphUrls: subgraphs.urls, folder });
  const logFile = join(directory, `${candidate.name}-${memory === 'default' ? 'default' : '64'}.log`);
  const room = memory === 'default' ? [] : ['--max-semi-space-size=64'];
  const started = startPinned({
    args: [...room, ...nodeOptions, ...args],
    ...(env !== undefined && { env }),
    core: CANDIDATE_CORE,
    directory: folder,
    logFile,
  });
  try {
    await answering(started, port);
    await checkAnswers(port);
    return { candidate, memory, pid: started.pid, port, logFile, stop: async () => started.stop() };
  } catch (error) {
    await started.stop();
    throw error;
  }
};

/** All of them listen here, the one from Apollo everywhere. */
export const GRAPHQL_PATH = '/graphql';

const answering = async (started: PinnedProcess, port: number): Promise<void> => {
  const post = httpPost(urlOf(port), 1);
  const giveUpAt = performance.now() + START_MS_MAX;
  for (;;) {
    const answer = await post('{"query":"{__typename}"}').catch(String);
    if (answer.startsWith('{')) return;
    // The hand-written one knows three operations, and says so.
    if (answer.includes('by hand')) return;
    if (started.hasEnded() || performance.now() > giveUpAt)
      throw new Error(`does not start: ${answer} ${started.lastWords()}`);
    await delay(RETRY_MS);
  }
};

const checkAnswers = async (port: number): Promise<void> => {
  const post = httpPost(urlOf(port), 1);
  for (const operation of operations) {
    const problem = await wrongAnswer(post, operation);
    if (problem !== undefined) throw new Error(`answers "${operation.name}" wrong: ${problem}`);
  }
};

const urlOf = (port: number): string => `http://127.0.0.1:${port}${GRAPHQL_PATH}`;
