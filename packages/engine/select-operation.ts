import { Kind, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode } from 'graphql';
import { engineErrors } from './engine.errors.ts';

/** The one operation of a document that is meant, and the fragments it may use. */
export type SelectedOperation = {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
};

/**
 * @throws {AppError} `OPERATION_UNKNOWN` when there is none of this name, or none was named and there are several.
 * @see GraphQL specification, October 2021, section 6.1, GetOperation.
 */
export const selectOperation = (document: DocumentNode, operationName?: string): SelectedOperation => {
  const { definitions } = document;
  const operations = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const named = operationName ? operations.filter(({ name }) => name?.value === operationName) : operations;
  const [operation] = named;
  if (operation === undefined || named.length > 1) throw engineErrors.OPERATION_UNKNOWN();
  const fragments = definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  return { operation, fragments: new Map(fragments.map((each) => [each.name.value, each])) };
};
