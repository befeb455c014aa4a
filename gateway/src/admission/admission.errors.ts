import { defineErrors } from '@saas/kernel';

/**
 * Why a request is refused before anything is planned. Each limit has its own code; the public fields name the limit
 * (`limit`), what it allows (`max`) and what was found (`actual`: exact below 10^9, which stands for "that or more").
 * No refusal repeats any part of the document.
 */
export const admissionErrors = defineErrors({
  BODY_ENCODING_UNSUPPORTED: {
    audience: 'client',
    retryable: false,
    message: 'The request body may be compressed by gzip, deflate or br, once.',
  },
  BODY_ENCODING_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'The request body is not what its Content-Encoding says.',
  },
  BODY_INFLATED_TOO_LARGE: {
    audience: 'client',
    retryable: false,
    message: 'The request is too large once it is decompressed.',
  },
  BODY_VALUES_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The request body holds too many values.',
  },
  GRAPHQL_PARSE_FAILED: {
    audience: 'client',
    retryable: false,
    message: 'The document is not well-formed GraphQL.',
  },
  OPERATION_CHARACTERS_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The document is too long.',
  },
  OPERATION_TOKENS_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The document has too many tokens.',
  },
  OPERATION_NESTING_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The document nests brackets too deeply.',
  },
  VARIABLES_NESTING_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The variables are nested too deeply.',
  },
  OPERATION_DEFINITIONS_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The document defines too many operations and fragments.',
  },
  FRAGMENT_CYCLE: {
    audience: 'client',
    retryable: false,
    message: 'A fragment contains itself.',
  },
  OPERATION_DEPTH_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The operation nests fields too deeply.',
  },
  OPERATION_ROOT_FIELDS_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The operation asks for too many fields at its root.',
  },
  OPERATION_ALIASES_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The operation uses too many aliases.',
  },
  OPERATION_DIRECTIVES_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The operation uses too many directives.',
  },
  OPERATION_SELECTIONS_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The operation selects too much, its fragments counted wherever they are used.',
  },
  OPERATION_COMPARISONS_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The operation repeats fields or fragments in one place too often.',
  },
  INTROSPECTION_DEPTH_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The introspection query nests lists too deeply.',
  },
  LIST_SIZE_EXCEEDED: {
    audience: 'client',
    retryable: false,
    message: 'The operation asks for too long a list.',
  },
  LIST_SIZE_REQUIRED: {
    audience: 'client',
    retryable: false,
    message: 'This list needs exactly one argument that says how many items are wanted.',
  },
  OPERATION_COST_EXCEEDED: { audience: 'client', retryable: false, message: 'The operation costs too much.' },
  ERRORS_OMITTED: {
    audience: 'client',
    retryable: false,
    message: 'There are more errors than one answer lists.',
  },
});

/** The HTTP status that belongs to each code; `ERRORS_OMITTED` comes inside an answer and has none. */
export const admissionStatuses: Readonly<Record<string, number>> = {
  BODY_ENCODING_UNSUPPORTED: 415,
  BODY_ENCODING_INVALID: 400,
  BODY_INFLATED_TOO_LARGE: 413,
  BODY_VALUES_EXCEEDED: 400,
  GRAPHQL_PARSE_FAILED: 400,
  OPERATION_CHARACTERS_EXCEEDED: 400,
  OPERATION_TOKENS_EXCEEDED: 400,
  OPERATION_NESTING_EXCEEDED: 400,
  VARIABLES_NESTING_EXCEEDED: 400,
  OPERATION_DEFINITIONS_EXCEEDED: 400,
  FRAGMENT_CYCLE: 400,
  OPERATION_DEPTH_EXCEEDED: 400,
  OPERATION_ROOT_FIELDS_EXCEEDED: 400,
  OPERATION_ALIASES_EXCEEDED: 400,
  OPERATION_DIRECTIVES_EXCEEDED: 400,
  OPERATION_SELECTIONS_EXCEEDED: 400,
  OPERATION_COMPARISONS_EXCEEDED: 400,
  INTROSPECTION_DEPTH_EXCEEDED: 400,
  LIST_SIZE_EXCEEDED: 400,
  LIST_SIZE_REQUIRED: 400,
  OPERATION_COST_EXCEEDED: 400,
};
