import type { DocumentNode, GraphQLSchema } from 'graphql';
import { print } from 'graphql';
import { documentMistakes, type Mistake } from './document-mistakes.ts';
import type { Planner } from './planner.ts';

type Options = {
  readonly api: GraphQLSchema;
  readonly planner: Pick<Planner, 'validate'>;
  readonly introspection: boolean;
};

/** Selections and comparisons; a document of this size is validated in about two milliseconds. */
const SIZE_OF_LARGE = 500;

/** Finds the mistakes of documents once, large ones elsewhere. Of documents that nobody holds any more nothing is kept. */
export const mistakesIn = ({ api, planner, introspection }: Options) => {
  const known = new WeakMap<DocumentNode, readonly Mistake[] | Promise<readonly Mistake[]>>();
  const keep = <Found extends readonly Mistake[] | Promise<readonly Mistake[]>>(
    document: DocumentNode,
    found: Found,
  ): Found => {
    known.set(document, found);
    return found;
  };
  const elsewhere = async (document: DocumentNode, size: number): Promise<readonly Mistake[]> => {
    try {
      const text = document.loc?.source.body ?? print(document);
      return keep(document, await planner.validate({ document: text, size, introspection }));
    } catch (error) {
      // The thread may have been busy.
      known.delete(document);
      throw error;
    }
  };
  return (document: DocumentNode, size: number): readonly Mistake[] | Promise<readonly Mistake[]> => {
    const found = known.get(document);
    if (found !== undefined) return found;
    if (size < SIZE_OF_LARGE) return keep(document, documentMistakes(api, document, introspection));
    return keep(document, elsewhere(document, size));
  };
};
