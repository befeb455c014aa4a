import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { buildSchema } from 'graphql';
import type { ServingGeneration } from '../execution/serving-generation.ts';
import type { OperationReply, OperationRequest } from '../operations/operation-exchange.ts';
import { documentCache } from '../operations/document-cache.ts';
import { defaultOperationLimits } from '../admission/operation-limits.ts';
import { useValidate } from './validate.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const api = buildSchema('type Query { a: Int }');
const partsOf = async function* (): AsyncGenerator<string> {
  yield '{}';
};

const setUp = () => {
  let inside = 0;
  const enter = () => {
    inside += 1;
    let isInside = true;
    const leave = (): void => {
      if (isInside) inside -= 1;
      isInside = false;
    };
    return { generation: { api, mistakesIn: () => [] } as unknown as ServingGeneration, leave };
  };
  const validate = useValidate(
    { generations: { enter }, errors: { count: 10, bytes: 1_000 } },
    async (): Promise<OperationReply> => ({ headers: {}, body: { kind: 'parts', parts: partsOf() } }),
  );
  const document = documentCache(defaultOperationLimits).documentOf('{ a }');
  const request = { document, params: {}, deadlineAtMs: performance.now() + 1_000 } as OperationRequest;
  return { inside: () => inside, answer: async () => (await validate(request)).body };
};

it('a request whose answer comes in parts stays on its generation until the last one is read', async () => {
  const { inside, answer } = setUp();
  const body = await answer();
  expect(inside()).toBe(1);
  if (body.kind === 'parts') for await (const part of body.parts) expect(part).toBe('{}');
  expect(inside()).toBe(0);
});

it('and no longer than its deadline when nobody reads them', async () => {
  const { inside, answer } = setUp();
  await answer();
  expect(inside()).toBe(1);
  jest.advanceTimersByTime(1_001);
  expect(inside()).toBe(0);
});
