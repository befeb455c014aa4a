import { once } from 'node:events';
import { join } from 'node:path';
import { LOAD_CORE, startPinned } from './pinned-process.ts';
import { repositoryPath } from './repository-path.ts';
import type { SubgraphsMessage } from './subgraphs-program.ts';

export type Subgraphs = {
  readonly pid: number;
  /** Where each is called. */
  readonly urls: Readonly<Record<string, string>>;
  /** Calls since the last time this was asked, of all subgraphs together. */
  countCalls(): Promise<number>;
  stop(): Promise<void>;
};

/** Starts all subgraphs in one process, on the core of the load. */
export const startSubgraphs = async (directory: string): Promise<Subgraphs> => {
  const started = startPinned({
    args: [repositoryPath('bench', 'dist', 'gateway', 'subgraphs-program.js')],
    core: LOAD_CORE,
    directory,
    logFile: join(directory, 'subgraphs.log'),
  });
  const { child } = started;
  const heard = async (): Promise<SubgraphsMessage> => {
    const [message] = (await once(child, 'message')) as [SubgraphsMessage];
    return message;
  };
  const message = await Promise.race([heard(), once(child, 'exit')]);
  if (!('ports' in message)) throw new Error(`The subgraphs have ended: ${started.lastWords()}`);
  return {
    pid: started.pid,
    urls: Object.fromEntries(
      Object.entries(message.ports).map(([name, port]) => [name, `http://127.0.0.1:${port}/graphql`]),
    ),
    countCalls: async () => {
      const answer = heard();
      child.send('count');
      const reply = await answer;
      return 'calls' in reply ? reply.calls : 0;
    },
    stop: async () => started.stop(),
  };
};
