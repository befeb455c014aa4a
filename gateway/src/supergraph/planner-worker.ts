import { parentPort } from 'node:worker_threads';
import { assertNever } from '@saas/kernel';
import { composeSupergraph } from './compose-supergraph.ts';
import { planningSupergraph, type PlanningSupergraph } from './planning-supergraph.ts';
import type { PlannerAnswer, PlannerQuestion } from './planner-messages.ts';
import { SupergraphError } from './supergraph.errors.ts';

/**
 * The entry of a planning thread. All that blocks for long happens here: composing, loading a supergraph, planning.
 * A thread has one supergraph; it is ended from outside when an answer takes too long.
 */
let supergraph: PlanningSupergraph | undefined;

const loaded = (): PlanningSupergraph => {
  if (supergraph === undefined) throw new Error('A supergraph is loaded before anything is asked of it.');
  return supergraph;
};

const answer = (question: PlannerQuestion): PlannerAnswer => {
  switch (question.kind) {
    case 'load':
      supergraph = planningSupergraph(question.supergraphSdl, question);
      return { kind: 'loaded', supergraph: supergraph.loaded };
    case 'plan':
      return loaded().plan(question.operation, question.operationName);
    case 'validate':
      return loaded().validate(question.document, question.introspection);
    case 'compose':
      return { kind: 'composed', ...composeSupergraph(question.schemas) };
    default:
      return assertNever(question);
  }
};

parentPort?.on('message', (question: PlannerQuestion) => {
  try {
    parentPort?.postMessage(answer(question), []);
  } catch (error) {
    // Anything else ends the thread, and whoever asked learns of it.
    if (!(error instanceof SupergraphError)) throw error;
    const refused: PlannerAnswer = { kind: 'refused', code: error.code, problems: error.problems };
    parentPort?.postMessage(refused, []);
  }
});
