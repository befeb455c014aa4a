import type { IdentityScope } from './fallback-scope.ts';
import type { Shelf } from './kept-answers.ts';

/** Shelves by identity scope and question; a scope can be found by its user and by their tenant. */
export const scopedShelves = () => {
  const shelves = new Map<string, Map<string, Shelf>>();
  const scopes = new Map<string, Map<string, Set<string>>>();

  const learn = ({ key, tenantId, userId }: IdentityScope): void => {
    if (tenantId === undefined || userId === undefined) return;
    const users = scopes.get(tenantId) ?? new Map<string, Set<string>>();
    const keys = users.get(userId) ?? new Set<string>();
    scopes.set(tenantId, users.set(userId, keys.add(key)));
  };
  const unlearn = ({ key, tenantId = '', userId = '' }: IdentityScope): void => {
    const users = scopes.get(tenantId);
    const keys = users?.get(userId);
    if (users === undefined || keys === undefined) return;
    keys.delete(key);
    if (keys.size === 0) users.delete(userId);
    if (users.size === 0) scopes.delete(tenantId);
  };
  const shelvesOf = (keys: Iterable<string>): readonly Shelf[] =>
    [...keys].flatMap((key) => [...(shelves.get(key)?.values() ?? [])]);

  return {
    find: (scopeKey: string, question: string): Shelf | undefined => shelves.get(scopeKey)?.get(question),
    add: (shelf: Shelf): void => {
      const { key } = shelf.scope;
      const ofScope = shelves.get(key) ?? new Map<string, Shelf>();
      if (ofScope.size === 0) learn(shelf.scope);
      shelves.set(key, ofScope.set(shelf.question, shelf));
    },
    delete: ({ scope, question }: Shelf): void => {
      const ofScope = shelves.get(scope.key);
      ofScope?.delete(question);
      if (ofScope?.size !== 0) return;
      shelves.delete(scope.key);
      unlearn(scope);
    },
    ofViewer: (tenantId: string, userId: string): readonly Shelf[] =>
      shelvesOf(scopes.get(tenantId)?.get(userId) ?? []),
    ofTenant: (tenantId: string): readonly Shelf[] =>
      [...(scopes.get(tenantId)?.values() ?? [])].flatMap(shelvesOf),
    clear: (): void => {
      shelves.clear();
      scopes.clear();
    },
  };
};
