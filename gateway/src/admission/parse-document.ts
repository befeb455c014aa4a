import { GraphQLError, parse, type DocumentNode } from 'graphql';
import { admissionErrors } from './admission.errors.ts';
import { bracketNesting } from './bracket-nesting.ts';
import type { OperationLimits } from './operation-limits.ts';

const PROBLEM_LENGTH_MAX = 120;

/**
 * Parses a document of bounded length, tokens and nesting, so that the work is bounded too.
 *
 * A byte order mark is ignored, as the specification says. Nodes carry locations: validation says where a mistake is.
 *
 * @throws {AppError} `OPERATION_CHARACTERS_EXCEEDED`, `OPERATION_NESTING_EXCEEDED`, `OPERATION_TOKENS_EXCEEDED`; `GRAPHQL_PARSE_FAILED` with `line`,
 *   `column` and `problem`, the parser's words of at most 120 characters.
 */
export const parseDocument = (
  source: string,
  limits: Pick<OperationLimits, 'characters' | 'tokens' | 'nesting'>,
): DocumentNode => {
  if (source.length > limits.characters) throw charactersExceeded(limits, source.length);
  const nesting = bracketNesting(source, limits.nesting);
  if (nesting > limits.nesting) throw nestingExceeded(limits, nesting);
  try {
    return parse(source, { maxTokens: limits.tokens });
  } catch (error) {
    // A nesting limit beyond what the stack holds.
    if (error instanceof RangeError) throw nestingExceeded(limits, nesting);
    if (!(error instanceof GraphQLError)) throw error;
    if (error.message.includes(`more that ${limits.tokens} tokens`)) {
      const { tokens } = limits;
      throw admissionErrors.OPERATION_TOKENS_EXCEEDED({ limit: 'tokens', max: tokens, actual: tokens + 1 });
    }
    throw syntaxError(error);
  }
};

const charactersExceeded = ({ characters: max }: Pick<OperationLimits, 'characters'>, actual: number) =>
  admissionErrors.OPERATION_CHARACTERS_EXCEEDED({ limit: 'characters', max, actual });

const nestingExceeded = ({ nesting: max }: Pick<OperationLimits, 'nesting'>, actual: number) =>
  admissionErrors.OPERATION_NESTING_EXCEEDED({ limit: 'nesting', max, actual });

const syntaxError = ({ message, locations }: GraphQLError) => {
  const [location] = locations ?? [];
  const problem = message.replace(/^Syntax Error: /, '');
  const isLong = problem.length > PROBLEM_LENGTH_MAX;
  return admissionErrors.GRAPHQL_PARSE_FAILED({
    problem: isLong ? `${problem.slice(0, PROBLEM_LENGTH_MAX - 1)}…` : problem,
    ...(location && { line: location.line, column: location.column }),
  });
};
