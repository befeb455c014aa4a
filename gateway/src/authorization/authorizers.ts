import type { GraphQLSchema } from 'graphql';
import type { AuthorizationTable } from './authorization-table.ts';
import { authorizer, type Authorizer, type AuthorizerOptions } from './authorizer.ts';

/** Of a generation, what holds operations to it. */
type Guarded = { readonly api: GraphQLSchema; readonly authorization: AuthorizationTable };

/** The authorizer of each generation, made when it is first wanted and kept as long as the generation lives. */
export const authorizers = (options: AuthorizerOptions): ((generation: Guarded) => Authorizer) => {
  const known = new WeakMap<Guarded, Authorizer>();
  return (generation) => {
    let made = known.get(generation);
    if (made === undefined) {
      made = authorizer({ schema: generation.api, table: generation.authorization }, options);
      known.set(generation, made);
    }
    return made;
  };
};
