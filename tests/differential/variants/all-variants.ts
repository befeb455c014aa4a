import type { DocumentNode, GraphQLSchema } from 'graphql';
import { withFreshAliases, withRotatedKeys, withTrustedNames } from './renaming.ts';
import {
  inAnonymousFragments,
  inNamedFragments,
  reversed,
  twice,
  withIncludeTrue,
  withSkipFalse,
  withTypeNames,
  withVariables,
} from './reshaping.ts';
import type { Variant } from './variant.ts';

export type MakeVariant = (document: DocumentNode, schema: GraphQLSchema) => Variant;

/** @param trusted names of fields that subgraphs are told as keys, or because they require them. */
export const variantsOf = (trusted: readonly string[]): Readonly<Record<string, MakeVariant>> => ({
  'fresh aliases': withFreshAliases,
  'rotated response keys': withRotatedKeys,
  'trusted names': withTrustedNames(trusted, 0),
  'trusted names in another order': withTrustedNames(trusted, 1),
  'anonymous fragments': inAnonymousFragments,
  'named fragments': inNamedFragments,
  'every field twice': twice,
  '@skip(if: false)': withSkipFalse,
  '@include(if: $true)': withIncludeTrue,
  '__typename everywhere': withTypeNames,
  'reversed order': reversed,
  'variables instead of literals': withVariables,
});
