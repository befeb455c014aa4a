import type { Rank } from '@saas/resilience';
import { Kind, OperationTypeNode, type DocumentNode } from 'graphql';

/** What metrics call the ranks. */
export const rankNames = ['urgent', 'usual'] as const;

/**
 * Mutations come first: somebody has done something, and waits to hear that it is done. To sign in, to renew a session and to end one
 * are mutations, too. A query may be asked again.
 */
export const rankOf = ({ definitions }: DocumentNode, operationName: string | undefined): Rank => {
  for (const definition of definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName !== undefined && definition.name?.value !== operationName) continue;
    return definition.operation === OperationTypeNode.MUTATION ? 0 : 1;
  }
  return 1;
};
