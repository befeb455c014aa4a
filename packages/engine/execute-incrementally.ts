import type { CompiledOperation } from './compile-operation.ts';
import { startDelivery, type IncrementalPayload } from './deferred-delivery.ts';
import { engineErrors } from './engine.errors.ts';
import { begin, refused, type ExecutionResult } from './execution-result.ts';
import type { ExecutionContext } from './execute.ts';

export type IncrementalResult = {
  /** What is not deferred, and whether anything follows. */
  readonly initial: ExecutionResult & { readonly hasNext: boolean };
  /** Everything else, as it comes; to be read once. Ends after the payload without `hasNext`, at once if nothing follows. */
  readonly rest: AsyncIterable<IncrementalPayload>;
};

/**
 * Runs a query or a mutation and answers what is not under `@defer` as soon as that is there. Otherwise as `execute`;
 * `rest` throws where that rejects.
 *
 * Fetches go on when nobody reads `rest`: to end them is for the signal of the calls.
 *
 * @throws {AppError} `PLAN_CONDITIONS_DIFFER`, a mistake of our caller: see `planningConditions`.
 */
export const executeIncrementally = async (
  operation: CompiledOperation,
  context: ExecutionContext,
): Promise<IncrementalResult> => {
  if (operation.source !== undefined) throw engineErrors.PLAN_UNSUPPORTED({ found: 'Subscription' });
  const variables = operation.readVariables(context.variables);
  if (variables.status === 'invalid') {
    return { initial: { ...refused(variables), hasNext: false }, rest: nothing() };
  }
  return await new Promise((resolve, reject) => {
    const delivery = startDelivery(operation, variables);
    const onBroken = (cause: unknown) => {
      reject(cause);
      delivery.fail(cause);
    };
    const execution = { ...begin(operation, variables, context.fetch, onBroken), parts: delivery.parts };
    const deliver = () => {
      const initial = delivery.deliver(execution);
      resolve({ initial, rest: delivery.rest() });
    };
    execution.turns.take(() => {
      if (operation.run === undefined) deliver();
      else operation.run(execution, { path: [], items: [execution.root] }, deliver);
    });
  });
};

// eslint-disable-next-line @typescript-eslint/require-await -- it has nothing to wait for, and is asked as if it had.
const nothing = async function* (): AsyncGenerator<IncrementalPayload> {};
