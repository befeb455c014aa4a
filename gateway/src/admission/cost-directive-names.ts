import { Kind, valueFromASTUntyped, type ConstDirectiveNode, type DefinitionNode } from 'graphql';

export type CostDirectiveNames = { readonly cost: string; readonly listSize: string };

/**
 * By what names a supergraph calls `@cost` and `@listSize`; undefined when it does not link the cost specification.
 *
 * @see https://specs.apollo.dev/link/v1.0: `as` and `import` rename; what is not imported is called `cost__listSize`.
 */
export const costDirectiveNames = (
  definitions: readonly DefinitionNode[],
): CostDirectiveNames | undefined => {
  for (const definition of definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      const link = linkOf(directive);
      if (link !== undefined) return link;
    }
  }
  return undefined;
};

const linkOf = (directive: ConstDirectiveNode): CostDirectiveNames | undefined => {
  const values = new Map(
    (directive.arguments ?? []).map(({ name, value }): [string, unknown] => [
      name.value,
      valueFromASTUntyped(value),
    ]),
  );
  const url = values.get('url');
  if (typeof url !== 'string' || !/^https:\/\/specs\.apollo\.dev\/cost\/v\d/.test(url)) return undefined;
  const as = values.get('as');
  const specification = typeof as === 'string' ? as : 'cost';
  const imports = values.get('import');
  const imported = new Map((Array.isArray(imports) ? imports : []).map(importOf));
  return {
    // The directive named like its specification needs no prefix.
    cost: imported.get('cost') ?? specification,
    listSize: imported.get('listSize') ?? `${specification}__listSize`,
  };
};

/** `"@cost"` or `{ name: "@cost", as: "@price" }`. */
const importOf = (value: unknown): [string, string] => {
  if (typeof value === 'string') return [bare(value), bare(value)];
  if (typeof value !== 'object' || value === null || !('name' in value)) return ['', ''];
  const { name } = value;
  const as = 'as' in value && typeof value.as === 'string' ? value.as : name;
  return [bare(String(name)), bare(String(as))];
};

const bare = (name: string): string => name.replace(/^@/, '');
