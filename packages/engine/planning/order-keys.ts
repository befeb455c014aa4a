import { Kind, parse, type ConstDirectiveNode } from 'graphql';

/**
 * Puts the keys that cannot be resolved after those that can, type by type; everything else stays as it is. When the
 * planner goes back into a subgraph after a `@requires` it takes the first key that it can satisfy, and does not look
 * at `resolvable: false`.
 *
 * @param supergraphSdl as composed; returned unchanged when all is in order.
 */
export const orderKeys = (supergraphSdl: string): string => {
  const edits = parse(supergraphSdl).definitions.flatMap((definition) =>
    'directives' in definition ? reorder(definition.directives ?? [], supergraphSdl) : [],
  );
  return edits
    .sort((left, right) => right.start - left.start)
    .reduce((sdl, { start, end, text }) => sdl.slice(0, start) + text + sdl.slice(end), supergraphSdl);
};

type Edit = { readonly start: number; readonly end: number; readonly text: string };

const reorder = (
  directives: readonly { readonly name: { readonly value: string } }[],
  sdl: string,
): readonly Edit[] => {
  const keys = (directives as readonly ConstDirectiveNode[]).filter(
    ({ name }) => name.value === 'join__type',
  );
  const ordered = [...keys.filter(isResolvable), ...keys.filter((key) => !isResolvable(key))];
  return keys.flatMap(({ loc }, index) => {
    const replacement = ordered[index]?.loc;
    if (loc === undefined || replacement === undefined || replacement === loc) return [];
    return [{ start: loc.start, end: loc.end, text: sdl.slice(replacement.start, replacement.end) }];
  });
};

const isResolvable = ({ arguments: given = [] }: ConstDirectiveNode): boolean =>
  !given.some(
    ({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
  );
