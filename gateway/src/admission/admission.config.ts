import { choice, count, countOrNone, flag, text } from '@saas/config';
import { defaultDocumentCacheBounds } from '../operations/document-cache.ts';
import { defaultQueryStoreBounds } from '../operations/query-store.ts';
import { defaultErrorLimits, type ErrorLimits } from './capped-errors.ts';
import { defaultCostLimits, type CostLimits } from './operation-cost.ts';
import { defaultOperationLimits, type OperationLimits } from './operation-limits.ts';

const of = defaultOperationLimits;

/** What an operation may ask for, and which operations may come at all: part of the gateway's settings. */
export const admissionSettings = {
  OPERATION_CHARACTERS_MAX: count()
    .default(of.characters)
    .describe('Characters in one document, those of white space, comments and strings too.'),
  OPERATION_TOKENS_MAX: count().default(of.tokens).describe('Tokens in one document.'),
  OPERATION_NESTING_MAX: count()
    .default(of.nesting)
    .describe(
      'Brackets inside one another, in a document; lists and objects inside one another, in variables.',
    ),
  OPERATION_DEFINITIONS_MAX: count()
    .default(of.definitions)
    .describe('Operations and fragments in one document.'),
  OPERATION_DEPTH_MAX: count().default(of.depth).describe('Fields inside one another.'),
  OPERATION_ROOT_FIELDS_MAX: count().default(of.rootFields).describe('Fields at the root of an operation.'),
  OPERATION_ALIASES_MAX: countOrNone()
    .default(of.aliases)
    .describe('Aliases, `__typename` too; counted wherever their fragment is used, as are the next two.'),
  OPERATION_DIRECTIVES_MAX: countOrNone().default(of.directives).describe('Directives.'),
  OPERATION_SELECTIONS_MAX: count()
    .default(of.selections)
    .describe('Fields and fragments, which is what planning costs.'),
  OPERATION_COMPARISONS_MAX: count()
    .default(of.comparisons)
    .describe(
      'Pairs of fields, or of fragments, in one place: it takes so many comparisons to know that they merge.',
    ),
  INTROSPECTION_DEPTH_MAX: countOrNone()
    .default(of.introspectionDepth)
    .describe('Lists of the introspection schema inside one another.'),
  OPERATION_COST_MAX: count()
    .default(defaultCostLimits.cost)
    .describe(
      'Estimated cost of an operation: 1 for each object, items of lists multiplied; `@cost`, `@listSize`, `first` and `last` count.',
    ),
  LIST_SIZE_MAX: count()
    .default(defaultCostLimits.listSize)
    .describe('Items that the slicing arguments of a `@listSize` may ask for.'),
  LIST_SIZE_ASSUMED: count()
    .default(defaultCostLimits.assumedListSize)
    .describe('Items that are assumed of a list without `@listSize`, `first` or `last`.'),
  ERRORS_MAX: count().default(defaultErrorLimits.count).describe('Errors that one answer lists.'),
  ERROR_BYTES_MAX: count()
    .default(defaultErrorLimits.bytes)
    .describe('Bytes of the errors that one answer lists.'),
  DOCUMENT_CACHE_ENTRIES_MAX: count()
    .default(defaultDocumentCacheBounds.entriesMax)
    .describe('Parsed documents that are remembered.'),
  DOCUMENT_CACHE_BYTES_MAX: count()
    .default(defaultDocumentCacheBounds.bytesMax)
    .describe('Memory of the parsed documents, estimated.'),
  PERSISTED_QUERIES: flag()
    .default(true)
    .describe(
      'Lets clients send the hash of a query that they have sent before: Apollo’s automatic persisted queries.',
    ),
  PERSISTED_QUERIES_MAX: count()
    .default(defaultQueryStoreBounds.entriesMax)
    .describe('Queries that are remembered by their hash.'),
  PERSISTED_QUERIES_BYTES_MAX: count()
    .default(defaultQueryStoreBounds.bytesMax)
    .describe('Memory of these queries.'),
  MANIFEST_FILES: text()
    .transform((list) => list.split(',').map((file) => file.trim()))
    .default([])
    .describe('`web.json,app.json`: lists of persisted operations, of Apollo’s or Relay’s format.'),
  SAFELIST: choice(['off', 'log', 'known', 'ids'])
    .default('off')
    .describe(
      'Operations outside these lists are run (`off`), logged and run (`log`), or refused (`known`); `ids` takes ids only.',
    ),
};

type OperationSettings = {
  readonly OPERATION_CHARACTERS_MAX: number;
  readonly OPERATION_TOKENS_MAX: number;
  readonly OPERATION_NESTING_MAX: number;
  readonly OPERATION_DEFINITIONS_MAX: number;
  readonly OPERATION_DEPTH_MAX: number;
  readonly OPERATION_ROOT_FIELDS_MAX: number;
  readonly OPERATION_ALIASES_MAX: number;
  readonly OPERATION_DIRECTIVES_MAX: number;
  readonly OPERATION_SELECTIONS_MAX: number;
  readonly OPERATION_COMPARISONS_MAX: number;
  readonly INTROSPECTION_DEPTH_MAX: number;
};

/** What a document may ask for, as the settings say. */
export const operationLimitsOf = (config: OperationSettings): OperationLimits => ({
  characters: config.OPERATION_CHARACTERS_MAX,
  tokens: config.OPERATION_TOKENS_MAX,
  nesting: config.OPERATION_NESTING_MAX,
  definitions: config.OPERATION_DEFINITIONS_MAX,
  depth: config.OPERATION_DEPTH_MAX,
  rootFields: config.OPERATION_ROOT_FIELDS_MAX,
  aliases: config.OPERATION_ALIASES_MAX,
  directives: config.OPERATION_DIRECTIVES_MAX,
  selections: config.OPERATION_SELECTIONS_MAX,
  comparisons: config.OPERATION_COMPARISONS_MAX,
  introspectionDepth: config.INTROSPECTION_DEPTH_MAX,
});

type AnswerSettings = {
  readonly OPERATION_COST_MAX: number;
  readonly LIST_SIZE_MAX: number;
  readonly LIST_SIZE_ASSUMED: number;
  readonly ERRORS_MAX: number;
  readonly ERROR_BYTES_MAX: number;
};

/** How large answers may get, as the settings say. */
export const answerLimitsOf = (
  config: AnswerSettings,
): { readonly costs: CostLimits; readonly errors: ErrorLimits } => ({
  costs: {
    cost: config.OPERATION_COST_MAX,
    listSize: config.LIST_SIZE_MAX,
    assumedListSize: config.LIST_SIZE_ASSUMED,
  },
  errors: { count: config.ERRORS_MAX, bytes: config.ERROR_BYTES_MAX },
});
