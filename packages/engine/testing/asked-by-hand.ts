import {
  execute,
  type CompiledOperation,
  type ExecutionContext,
  type ExecutionResult,
  type FetchAnswer,
  type FetchCall,
} from '../index.ts';
import type { GraphUnderTest } from './graph-under-test.ts';

/** An execution of which a test answers the calls, one at a time and in the order of its choice. */
export type AskedByHand<Result> = {
  readonly result: Promise<Result>;
  /** The calls that were made and not answered yet. */
  readonly open: readonly FetchCall[];
  /** The services of `open`. */
  readonly waitingFor: () => readonly string[];
  /** Answers the first open call of a service, truly or with `instead`; what it makes possible has been asked then. */
  readonly answer: (service: string, instead?: FetchAnswer) => Promise<void>;
};

type Run<Result> = (operation: CompiledOperation, context: ExecutionContext) => Promise<Result>;

export const askedByHand = (graph: GraphUnderTest, query: string): AskedByHand<ExecutionResult> =>
  runByHand(graph, query, execute);

/** The same for another way to execute. */
export const runByHand = <Result>(
  graph: GraphUnderTest,
  query: string,
  run: Run<Result>,
): AskedByHand<Result> => {
  const open: FetchCall[] = [];
  const resolvers = new Map<FetchCall, (answer: FetchAnswer) => void>();
  const result = run(graph.compile(query), {
    variables: {},
    fetch: (call) =>
      new Promise((resolve) => {
        open.push(call);
        resolvers.set(call, resolve);
      }),
  });
  return {
    result,
    open,
    waitingFor: () => open.map(({ service }) => service),
    answer: async (service, instead) => {
      const call = open.find((each) => each.service === service);
      if (call === undefined) throw new Error(`no call of ${service} is open`);
      const answer = instead ?? (await graph.fetch(call));
      open.splice(open.indexOf(call), 1);
      resolvers.get(call)?.(answer);
      await Promise.resolve();
    },
  };
};
