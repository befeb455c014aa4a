import type { Logger } from '@saas/telemetry';
import { getOperationAST, parse } from 'graphql';
import type { OperationLimits } from '../admission/operation-limits.ts';
import type { UsedOperation } from '../supergraph/operation-cache.ts';
import { documentCache, type DocumentCache } from './document-cache.ts';
import { readManifestFiles } from './manifest-files.ts';
import type { OperationIds } from './operation-id.ts';
import { operationSource, type OperationSource } from './operation-source.ts';
import { invalidManifests, type PersistedOperation } from './manifest.ts';
import { planKey } from './plan-key.ts';
import { queryHash } from './query-hash.ts';
import { memoryQueryStore } from './query-store.ts';
import { safelist, type SafelistMode } from './safelist.ts';

type Settings = {
  readonly DOCUMENT_CACHE_ENTRIES_MAX: number;
  readonly DOCUMENT_CACHE_BYTES_MAX: number;
  readonly PERSISTED_QUERIES: boolean;
  readonly PERSISTED_QUERIES_MAX: number;
  readonly PERSISTED_QUERIES_BYTES_MAX: number;
  readonly MANIFEST_FILES: readonly string[];
  readonly SAFELIST: SafelistMode;
};

export type AdmittedOperations = {
  readonly sourceOf: (request: OperationIds) => Promise<OperationSource>;
  readonly documents: DocumentCache;
  readonly variablesNestingMax: number;
  /** Those of the lists, to be planned before anybody asks for them. */
  readonly known: readonly UsedOperation[];
};

/**
 * What decides which operations run, as the settings say.
 *
 * @throws {AppError} `PERSISTED_MANIFEST_INVALID`, also when only listed operations may run and there is no list.
 */
export const admittedOperations = async (
  settings: Settings,
  limits: OperationLimits,
  logger: Logger,
): Promise<AdmittedOperations> => {
  if (refusesOthers(settings.SAFELIST) && settings.MANIFEST_FILES.length === 0)
    throw invalidManifests([
      `There is none, and the safelist (${settings.SAFELIST}) would refuse everything.`,
    ]);
  const operations = await readManifestFiles(settings.MANIFEST_FILES, limits);
  const store = memoryQueryStore({
    entriesMax: settings.PERSISTED_QUERIES_MAX,
    bytesMax: settings.PERSISTED_QUERIES_BYTES_MAX,
  });
  return {
    sourceOf: operationSource({
      store: settings.PERSISTED_QUERIES ? store : undefined,
      safelist: safelist(operations, settings.SAFELIST),
      onUnknown: onceEach(({ hash }) => logger.warn({ hash }, 'an operation is not in the safelist')),
    }),
    documents: documentCache(limits, {
      entriesMax: settings.DOCUMENT_CACHE_ENTRIES_MAX,
      bytesMax: settings.DOCUMENT_CACHE_BYTES_MAX,
    }),
    variablesNestingMax: limits.nesting,
    known: operations.map(knownOperation),
  };
};

const refusesOthers = (mode: SafelistMode): boolean => mode === 'known' || mode === 'ids';

const knownOperation = ({ body }: PersistedOperation): UsedOperation => {
  const operationName = getOperationAST(parse(body, { noLocation: true }))?.name?.value;
  return { key: planKey(queryHash(body), operationName), text: body, operationName, uses: 0 };
};

/** After so many operations the first ones are told again. */
const TOLD_MAX = 1_000;

/** A line for every operation, not for every request: there may be thousands a second. */
const onceEach = (tell: (operation: { readonly hash: string }) => void) => {
  const told = new Set<string>();
  return (operation: { readonly hash: string }): void => {
    if (told.has(operation.hash)) return;
    if (told.size >= TOLD_MAX) told.clear();
    told.add(operation.hash);
    tell(operation);
  };
};
