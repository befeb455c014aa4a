import { AppError } from '@saas/kernel';
import { Kind, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { admitDocument } from '../admission/admit-document.ts';
import type { OperationLimits } from '../admission/operation-limits.ts';
import { parseDocument } from '../admission/parse-document.ts';
import { operationsErrors } from './operations.errors.ts';

/** One operation that clients may ask for by its id. */
export type PersistedOperation = { readonly id: string; readonly body: string };

const APOLLO_FORMAT = 'apollo-persisted-query-manifest';
const ID_LENGTH_MAX = 256;

/**
 * Reads a list of persisted operations as the clients' tools write it: the manifest of Apollo's
 * `generate-persisted-query-manifest` (`format`, `version` 1, `operations` with `id`, `name`, `type` and `body`), or a
 * map from id to text, as of Relay's compiler and GraphQL Code Generator.
 *
 * Each body must be one operation with its fragments, and within the limits: what would be refused when a client asks for
 * it is refused here.
 *
 * @param file names the text in messages.
 * @throws {AppError} `PERSISTED_MANIFEST_INVALID`, whose message lists every mistake, one on a line, by operation.
 */
export const parseManifest = (
  text: string,
  file: string,
  limits: OperationLimits,
): readonly PersistedOperation[] => {
  const { operations, problems } = readManifest(text, limits);
  if (problems.length > 0) throw invalidManifests(problems.map((problem) => `${file}: ${problem}`));
  return operations;
};

/** Every mistake of every list, one on a line. */
export const invalidManifests = (problems: readonly string[]): AppError => {
  const message = `Invalid list of persisted operations:\n  ${problems.join('\n  ')}`;
  const definition = { ...operationsErrors.definitions.PERSISTED_MANIFEST_INVALID, message };
  return new AppError('PERSISTED_MANIFEST_INVALID', definition, { problems: problems.length });
};

type Manifest = { readonly operations: readonly PersistedOperation[]; readonly problems: readonly string[] };

/** What `parseManifest` returns or throws, for a caller that reads several. */
export const readManifest = (text: string, limits: OperationLimits): Manifest => {
  const problems: string[] = [];
  const bodies = new Map<string, string>();
  for (const entry of entriesOf(parseJson(text, problems), problems)) {
    const mistakes = mistakesIn(entry, limits);
    if (typeof entry.id === 'string' && typeof entry.body === 'string') {
      const known = bodies.get(entry.id);
      if (known !== undefined && known !== entry.body) mistakes.push('has the id of another operation');
      bodies.set(entry.id, entry.body);
    }
    problems.push(...mistakes.map((mistake) => `${entry.where} ${mistake}.`));
  }
  return { operations: [...bodies].map(([id, body]) => ({ id, body })), problems };
};

type Entry = {
  /** Where it stands, for messages. */
  readonly where: string;
  readonly id: unknown;
  readonly body: unknown;
  /** Undefined: not told, nothing to compare with. */
  readonly name?: unknown;
  readonly type?: unknown;
};

const parseJson = (text: string, problems: string[]): unknown => {
  try {
    // Some tools begin their files with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    problems.push('This is not JSON.');
    return undefined;
  }
};

const entriesOf = (value: unknown, problems: string[]): readonly Entry[] => {
  if (problems.length > 0) return [];
  if (!isFields(value)) {
    problems.push('The list must be a JSON object.');
    return [];
  }
  if ('operations' in value || 'format' in value) return apolloEntries(value, problems);
  return Object.entries(value).map(([id, body]) => ({ where: `"${shown(id)}"`, id, body }));
};

const apolloEntries = (value: Fields, problems: string[]): readonly Entry[] => {
  if (value['format'] !== APOLLO_FORMAT) problems.push(`"format" must be "${APOLLO_FORMAT}".`);
  if (value['version'] !== 1) problems.push('"version" must be 1.');
  const operations = value['operations'];
  if (!Array.isArray(operations)) {
    problems.push('"operations" must be a list.');
    return [];
  }
  return operations.map((operation: unknown, index): Entry => {
    const where = `operations[${index}]`;
    if (!isFields(operation)) return { where, id: undefined, body: undefined };
    const { id, body, name, type } = operation;
    return { where: typeof name === 'string' ? `${where} "${shown(name)}"` : where, id, body, name, type };
  });
};

const mistakesIn = ({ id, body, name, type }: Entry, limits: OperationLimits): string[] => {
  const mistakes: string[] = [];
  if (typeof id !== 'string' || id.length === 0 || id.length > ID_LENGTH_MAX)
    mistakes.push(`needs an id of 1 to ${ID_LENGTH_MAX} characters`);
  if (typeof body !== 'string') return [...mistakes, 'needs a body of GraphQL text'];
  const document = documentOf(body, limits);
  if (document instanceof AppError) {
    const details = Object.entries(document.fields).map(([field, value]) => `${field} ${value}`);
    return [
      ...mistakes,
      `is refused: ${document.code}${details.length > 0 ? ` (${details.join(', ')})` : ''}`,
    ];
  }
  const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operation === undefined || operations.length > 1)
    return [...mistakes, 'must hold exactly one operation'];
  return [...mistakes, ...disagreements(operation, name, type)];
};

const disagreements = (
  operation: OperationDefinitionNode,
  name: unknown,
  type: unknown,
): readonly string[] => {
  const kind: string = operation.operation;
  return [
    ...(name !== undefined && name !== (operation.name?.value ?? '')
      ? ['has another name than its body']
      : []),
    ...(type !== undefined && type !== kind ? ['has another type than its body'] : []),
  ];
};

const documentOf = (body: string, limits: OperationLimits): DocumentNode | AppError => {
  try {
    const document = parseDocument(body, limits);
    admitDocument(document, limits);
    return document;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (name: string): string => (name.length > 80 ? `${name.slice(0, 79)}…` : name);
