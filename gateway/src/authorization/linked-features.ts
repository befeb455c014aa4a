import { Kind, valueFromASTUntyped, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/** A specification that a supergraph follows, as its schema says by `@link`. */
export type LinkedFeature = {
  readonly url: string;
  /** `https://specs.apollo.dev/policy`: the url without its version. */
  readonly identity: string;
  /** `policy`. */
  readonly name: string;
  /** `v0.1`; empty without one. */
  readonly version: string;
  /** What breaks when it is not understood: `SECURITY`, `EXECUTION`, or undefined for nothing. */
  readonly purpose: string | undefined;
  /** What a directive of this specification is called in the schema. Names come without `@`. */
  readonly directiveName: (name: string) => string;
};

/**
 * The specifications that a supergraph links, in its order; by `@link`, or by its forerunner `@core`.
 *
 * @see https://specs.apollo.dev/link/v1.0: `as` and `import` rename; what is not imported is called `policy__name`.
 */
export const linkedFeatures = ({ definitions }: DocumentNode): readonly LinkedFeature[] =>
  definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
      ? (definition.directives ?? []).flatMap(featureOf)
      : [],
  );

const featureOf = (directive: ConstDirectiveNode): readonly LinkedFeature[] => {
  const values = new Map(
    (directive.arguments ?? []).map(({ name, value }): [string, unknown] => [
      name.value,
      valueFromASTUntyped(value),
    ]),
  );
  // The directive itself may have been renamed: it is known by its argument.
  const url = values.get('url') ?? values.get('feature');
  if (typeof url !== 'string') return [];
  const [, identity = url, version = ''] = /^(.*?)(?:\/(v\d[^/]*))?\/?$/.exec(url) ?? [];
  const name = identity.slice(identity.lastIndexOf('/') + 1);
  const as = values.get('as');
  const prefix = typeof as === 'string' ? as : name;
  const imports = values.get('import');
  const imported = new Map((Array.isArray(imports) ? imports : []).map(importOf));
  const purpose = values.get('for');
  return [
    {
      url,
      identity,
      name,
      version,
      purpose: typeof purpose === 'string' ? purpose : undefined,
      // The directive named like its specification needs no prefix.
      directiveName: (wanted) => imported.get(wanted) ?? (wanted === name ? prefix : `${prefix}__${wanted}`),
    },
  ];
};

/** `"@policy"` or `{ name: "@policy", as: "@rule" }`. */
const importOf = (value: unknown): [string, string] => {
  if (typeof value === 'string') return [bare(value), bare(value)];
  if (typeof value !== 'object' || value === null || !('name' in value)) return ['', ''];
  const { name } = value;
  const as = 'as' in value && typeof value.as === 'string' ? value.as : name;
  return [bare(String(name)), bare(String(as))];
};

const bare = (name: string): string => name.replace(/^@/, '');
