import { cappedErrors, type ErrorLimits } from '../admission/capped-errors.ts';
import type { ClientError } from '../http/to-client-error.ts';

export type AnswerParts = {
  /** JSON text. */
  readonly dataJson: string;
  readonly errors: readonly ClientError[];
};

/** One execution result as JSON text; errors go first, as the specification recommends, and are bounded. */
export const answerJson = ({ dataJson, errors }: AnswerParts, limits: ErrorLimits): string =>
  errors.length === 0
    ? `{"data":${dataJson}}`
    : `{"errors":${JSON.stringify(cappedErrors(errors, limits))},"data":${dataJson}}`;
