import { parse, type DocumentNode } from 'graphql';
import type { SupergraphProblem } from '../supergraph/supergraph.errors.ts';
import { linkedFeatures } from './linked-features.ts';

/**
 * What the gateway makes of a specification: holds clients to it, runs plans by it, reckons costs by it, knows that there is
 * nothing to do for it, or does not know it.
 */
export type FeatureHandling = 'enforced' | 'executed' | 'measured' | 'informational' | 'unknown';

export type SupergraphFeature = {
  readonly name: string;
  readonly url: string;
  /** `SECURITY` or `EXECUTION`: it must be understood. */
  readonly purpose: string | undefined;
  readonly handling: FeatureHandling;
};

/** Every specification that the supergraph links, in its order, for the log: nothing is ignored silently. */
export const supergraphFeatures = (supergraph: string | DocumentNode): readonly SupergraphFeature[] =>
  linkedFeatures(documentOf(supergraph)).map(({ name, url, purpose, identity, version }) => ({
    name,
    url,
    purpose,
    handling: handlings.get(`${identity}/${version}`) ?? 'unknown',
  }));

/**
 * Why a supergraph must not be served: specifications that it links for security or execution, and that are not known here.
 * Serving it would show what is to be hidden, or answer wrongly. Empty for a supergraph that may be served.
 *
 * @see https://specs.apollo.dev/link/v1.0, the enum `Purpose`.
 */
export const featureProblems = (supergraph: string | DocumentNode): readonly SupergraphProblem[] =>
  supergraphFeatures(supergraph).flatMap(({ url, purpose, handling }) =>
    handling !== 'unknown' || purpose === undefined
      ? []
      : [
          {
            code: 'UNSUPPORTED_LINKED_FEATURE',
            message: `The feature ${url} is linked for ${purpose}, and this gateway does not know it.`,
          },
        ],
  );

const specs = 'https://specs.apollo.dev';

/** Versions are listed one by one: what a later one means is not known. */
const handlings: ReadonlyMap<string, FeatureHandling> = new Map([
  ['https://supergraph.local/noStale/v1.0', 'enforced'],
  ...Object.entries({
    executed: [
      'core/v0.1',
      'core/v0.2',
      'link/v1.0',
      'join/v0.1',
      'join/v0.2',
      'join/v0.3',
      'join/v0.4',
      'join/v0.5',
      'context/v0.1',
    ],
    enforced: [
      'inaccessible/v0.1',
      'inaccessible/v0.2',
      'authenticated/v0.1',
      'requiresScopes/v0.1',
      'policy/v0.1',
    ],
    measured: ['cost/v0.1'],
    // Tags are for tools. Cache tags are for caches of subgraph answers, of which there is none here to clear.
    informational: ['tag/v0.1', 'tag/v0.2', 'tag/v0.3', 'cacheTag/v0.1'],
  } satisfies Partial<Record<FeatureHandling, readonly string[]>>).flatMap(([handling, names]) =>
    names.map((name): [string, FeatureHandling] => [`${specs}/${name}`, handling as FeatureHandling]),
  ),
]);

const documentOf = (supergraph: string | DocumentNode): DocumentNode =>
  typeof supergraph === 'string' ? parse(supergraph, { noLocation: true }) : supergraph;

/**
 * The labels of progressive overrides (`@override(label:)`). No label is ever set here, `percent(…)` neither: such a field comes
 * from the subgraph that it is being moved from, until its `@override` has no label any more.
 */
export const overrideLabels = (supergraphSdl: string): readonly string[] => [
  ...new Set(
    [...supergraphSdl.matchAll(/\boverrideLabel:\s*"([^"]{1,200})"/g)].map(([, label = '']) => label),
  ),
];
