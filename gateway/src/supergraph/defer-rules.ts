import { GraphQLError, Kind, type ASTVisitor, type DirectiveNode, type ValidationContext } from 'graphql';

/**
 * Labels tell the parts of an answer apart: each is written out, and no two are equal.
 *
 * @see GraphQL incremental delivery, "Defer And Stream Directive Labels Are Unique".
 */
export const DeferLabelsRule = (context: ValidationContext): ASTVisitor => {
  const known = new Map<string, DirectiveNode>();
  return {
    Directive: (directive) => {
      if (directive.name.value !== 'defer') return;
      const value = directive.arguments?.find(({ name }) => name.value === 'label')?.value;
      if (value?.kind === Kind.VARIABLE)
        context.reportError(new GraphQLError('The label of @defer cannot be a variable.', { nodes: value }));
      if (value?.kind !== Kind.STRING) return;
      const other = known.get(value.value);
      if (other === undefined) known.set(value.value, directive);
      else
        context.reportError(
          new GraphQLError(`The label "${value.value}" of @defer is used more than once.`, {
            nodes: [other, directive],
          }),
        );
    },
  };
};
