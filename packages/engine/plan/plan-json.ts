/** A query plan as the planner writes it, in JSON. The names are the planner's. */
export type QueryPlan = { readonly kind: 'QueryPlan'; readonly node?: PlanNode | SubscriptionNode };

export type PlanNode = SequenceNode | ParallelNode | FlattenNode | FetchNode | ConditionNode | DeferNode;

export type SequenceNode = { readonly kind: 'Sequence'; readonly nodes: readonly PlanNode[] };
export type ParallelNode = { readonly kind: 'Parallel'; readonly nodes: readonly PlanNode[] };

/** `@` in the path stands for every element of a list, anything else for a response key. */
export type FlattenNode = {
  readonly kind: 'Flatten';
  readonly path: readonly string[];
  readonly node: PlanNode;
};

export type ConditionNode = {
  readonly kind: 'Condition';
  readonly condition: string;
  readonly ifClause?: PlanNode;
  readonly elseClause?: PlanNode;
};

export type FetchNode = {
  readonly kind: 'Fetch';
  readonly serviceName: string;
  readonly id?: string;
  readonly variableUsages?: readonly string[];
  readonly requires?: readonly RequiredSelection[];
  readonly operation: string;
  readonly operationName?: string;
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  readonly inputRewrites?: readonly Rewrite[];
  readonly outputRewrites?: readonly Rewrite[];
  readonly contextRewrites?: readonly KeyRenamer[];
};

export type RequiredSelection = RequiredField | RequiredFragment;
export type RequiredField = {
  readonly kind: 'Field';
  readonly name: string;
  readonly alias?: string;
  readonly selections?: readonly RequiredSelection[];
};
export type RequiredFragment = {
  readonly kind: 'InlineFragment';
  readonly typeCondition?: string;
  readonly selections: readonly RequiredSelection[];
};

/** Elements of a rewrite's path are response keys, `... on Type`, and in contexts `..`, the parent object. */
export type Rewrite = ValueSetter | KeyRenamer;
export type ValueSetter = {
  readonly kind: 'ValueSetter';
  readonly path: readonly string[];
  readonly setValueTo: unknown;
};
export type KeyRenamer = {
  readonly kind: 'KeyRenamer';
  readonly path: readonly string[];
  readonly renameKeyTo: string;
};

export type DeferNode = {
  readonly kind: 'Defer';
  readonly primary: { readonly node?: PlanNode; readonly subselection?: string };
  readonly deferred: readonly DeferredNode[];
};
export type DeferredNode = {
  readonly depends: readonly { readonly id: string; readonly deferLabel?: string }[];
  readonly label?: string;
  readonly queryPath: readonly string[];
  readonly subselection?: string;
  readonly node?: PlanNode;
};

export type SubscriptionNode = {
  readonly kind: 'Subscription';
  readonly primary: FetchNode;
  readonly rest?: PlanNode;
};
