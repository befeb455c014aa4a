import { describe, expect, it } from '@jest/globals';
import { AppError } from '@saas/kernel';
import fc from 'fast-check';
import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';
import { admitDocument } from './admit-document.ts';
import { countComparisons } from './count-comparisons.ts';
import { fragmentsOf, measureDocument } from './measure-document.ts';
import { defaultOperationLimits } from './operation-limits.ts';
import { parseDocument } from './parse-document.ts';

const FRAGMENTS = 4;

/** Selection sets as text; fragment `Fi` uses only those behind it, unless cycles are wanted. */
const selectionSets = (from: number): fc.Arbitrary<string> =>
  fc.letrec<{ set: string; selection: string }>((tie) => ({
    set: fc
      .array(tie('selection'), { minLength: 1, maxLength: 4 })
      .map((selections) => `{ ${selections.join(' ')} }`),
    selection: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('a', 'b', 'x: a', '__typename', 'y: __typename', 'a @d', 'fields'),
      ...(from < FRAGMENTS ? [fc.integer({ min: from, max: FRAGMENTS - 1 }).map((i) => `...F${i}`)] : []),
      tie('set').map((set) => `... on T @e ${set}`),
      tie('set').map((set) => `c ${set}`),
      tie('set').map((set) => `z: c ${set}`),
    ),
  })).set;

const documents = (isAcyclic = true): fc.Arbitrary<string> =>
  fc
    .tuple(
      selectionSets(0),
      ...Array.from({ length: FRAGMENTS }, (_, i) => selectionSets(isAcyclic ? i + 1 : 0)),
    )
    .map(([operation, ...fragments]) =>
      [operation, ...fragments.map((set, i) => `fragment F${i} on T ${set}`)].join('\n'),
    );

/** Writes every fragment out, as the counting must not. */
const naive = (document: DocumentNode) => {
  const fragments = fragmentsOf(document);
  const total = { selections: 0, aliases: 0, depth: 0, rootFields: 0 };
  const walk = (set: SelectionSetNode, depth: number, isCounted: boolean): void => {
    for (const selection of set.selections) {
      total.selections += 1;
      if (selection.kind === Kind.FIELD) {
        total.depth = Math.max(total.depth, depth);
        if (selection.alias) total.aliases += 1;
        if (depth === 1 && isCounted) total.rootFields += 1;
        if (selection.selectionSet) walk(selection.selectionSet, depth + 1, isCounted);
      } else {
        const inner =
          selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
        if (inner) walk(inner.selectionSet, depth, isCounted);
      }
    }
  };
  const { unusedFragments } = measureDocument(document);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) walk(definition.selectionSet, 1, true);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION && unusedFragments.includes(definition.name.value))
      walk(definition.selectionSet, 1, false);
  }
  return total;
};

describe('counting without writing fragments out', () => {
  it('gives the same numbers as writing them out', () => {
    fc.assert(
      fc.property(documents(), (source) => {
        const document = parse(source);
        expect(measureDocument(document)).toMatchObject(naive(document));
      }),
    );
  });

  it('never gives less for a document that asks for more', () => {
    fc.assert(
      fc.property(documents(), selectionSets(0), (source, more) => {
        const less = measureDocument(parse(source));
        const larger = measureDocument(parse(source.replace('{', `{ more: m ${more} `)));
        for (const name of ['depth', 'rootFields', 'aliases', 'directives', 'selections'] as const)
          expect(larger[name]).toBeGreaterThanOrEqual(less[name]);
        expect(countComparisons(parse(source.replace('{', '{ a ')), [])).toBeGreaterThanOrEqual(
          countComparisons(parse(source), []),
        );
      }),
    );
  });

  it('either admits a document or refuses it with a code, whatever its fragments do', () => {
    fc.assert(
      fc.property(fc.oneof(documents(false), fc.string({ unit: 'binary' }), punctuation), (source) => {
        try {
          admitDocument(parseDocument(source, defaultOperationLimits), defaultOperationLimits);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

const punctuation = fc
  .array(
    fc.constantFrom('{', '}', '(', ')', '[', ']', '"', '"""', '#', '\n', '\\', 'a', '...', ':', '$', '@'),
  )
  .map((pieces) => pieces.join(''));
