import {
  Kind,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type SourceLocation,
} from 'graphql';
import { DeferLabelsRule } from './defer-rules.ts';

/** Where a document does not fit the schema, in graphql-js's words. */
export type Mistake = { readonly message: string; readonly locations?: readonly SourceLocation[] };

/** Each mistake looks through the schema for names that were meant. */
const MISTAKES_MAX = 20;
const allRules = [...specifiedRules, DeferLabelsRule];
const withoutIntrospection = [...allRules, NoSchemaIntrospectionCustomRule];

/**
 * Where a document does not fit the schema, up to 20 places; nowhere for a valid one. Blocks, for tens of milliseconds with the
 * worst documents that are admitted.
 *
 * @param introspection whether the document may ask for the schema.
 */
export const documentMistakes = (
  schema: GraphQLSchema,
  document: DocumentNode,
  introspection: boolean,
): readonly Mistake[] => {
  const rules = introspection ? allRules : withoutIntrospection;
  const errors = validate(schema, document, rules, { maxErrors: MISTAKES_MAX });
  if (errors.length === 0) return impossible(schema, document);
  return errors.map(({ message, locations }) => ({ message, ...(locations && { locations }) }));
};

/** Validation lets operations of a type pass that the schema does not have, such as a subscription. */
const impossible = (schema: GraphQLSchema, { definitions }: DocumentNode): readonly Mistake[] => {
  const found = definitions.find(
    (each) => each.kind === Kind.OPERATION_DEFINITION && !schema.getRootType(each.operation),
  );
  if (found?.kind !== Kind.OPERATION_DEFINITION) return [];
  return [{ message: `The schema has no type for a ${found.operation}.` }];
};
