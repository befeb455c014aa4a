import { expect, it, jest } from '@jest/globals';
import { randomOperations } from '@saas/engine/testing';
import fc from 'fast-check';
import {
  getNamedType,
  parse,
  print,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
} from 'graphql';
import { authorizedPart } from './authorized-part.ts';
import { requirementsOf } from './operation-requirements.ts';
import { protectedGraph, secrets } from './protected-graph.fixture.ts';
import { authorizationRules } from './selection-place.ts';

jest.setTimeout(60_000);

const { api, table, operationOf, run } = protectedGraph();
const rules = authorizationRules({ schema: api, table });

/** Everything that a document demands, found by another way: each field and fragment by itself, on all objects of its type. */
const demandsIn = (document: DocumentNode): ReadonlySet<string> => {
  const found = new Set<string>();
  const info = new TypeInfo(api);
  const add = (type: string, field?: string): void => {
    for (const { key } of table.ofType(type)) found.add(key);
    if (field !== undefined) for (const { key } of table.ofField(type, field)) found.add(key);
  };
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const [parent, type] = [info.getParentType(), info.getType()];
        if (!parent || name.value.startsWith('__')) return;
        // Without the objects of an interface: which of them are met depends on the fragments around.
        add(parent.name, name.value);
        if (type) add(getNamedType(type).name);
      },
      InlineFragment: ({ typeCondition }) => {
        if (typeCondition) add(typeCondition.name.value);
      },
    }),
  );
  return found;
};

const operations = randomOperations(api, { without: /^$/, aliased: 20 });
const keys = [
  ...new Set(
    Object.values(api.getTypeMap()).flatMap((type) => [
      ...table.ofType(type.name).map(({ key }) => key),
      ...('getFields' in type
        ? Object.keys(type.getFields()).flatMap((field) =>
            table.ofField(type.name, field).map(({ key }) => key),
          )
        : []),
    ]),
  ),
];

it('leaves nothing protected in any operation of who may not have it', () => {
  let changed = 0;
  const lacking = fc.subarray(keys, { minLength: 1 });
  fc.assert(
    fc.property(operations, lacking, (query, denied) => {
      if (validate(api, parse(query)).length > 0) return;
      const { document, operation } = operationOf(query);
      const part = authorizedPart(rules, document, operation, new Set(denied));
      if (part.document === document) {
        // Then nothing of it was demanded: not of those objects that are met.
        const demanded = new Set(requirementsOf(rules, document, operation).map(({ key }) => key));
        expect(denied.filter((key) => demanded.has(key))).toEqual([]);
        return;
      }
      changed += 1;
      expect(validate(api, part.document)).toEqual([]);
      const left = demandsIn(part.document);
      expect(denied.filter((key) => left.has(key))).toEqual([]);
      const { document: rest, operation: ofRest } = operationOf(print(part.document));
      const demanded = requirementsOf(rules, rest, ofRest).map(({ key }) => key);
      expect(denied.filter((key) => demanded.includes(key))).toEqual([]);
    }),
    { seed: 11, numRuns: 200 },
  );
  expect(changed).toBeGreaterThan(20);
});

it('leaves every operation as it is for who may have everything', () => {
  fc.assert(
    fc.property(operations, (query) => {
      if (validate(api, parse(query)).length > 0) return;
      const { document, operation } = operationOf(query);
      expect(authorizedPart(rules, document, operation, new Set()).document).toBe(document);
      expect(authorizedPart(rules, document, operation, new Set(['another'])).document).toBe(document);
    }),
    { seed: 12, numRuns: 50 },
  );
});

it('never answers what is protected, whatever the planner asks for on its own', async () => {
  let answered = 0;
  const lacking = fc.subarray(keys, { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(operations, lacking, fc.boolean(), async (query, denied, a) => {
      if (validate(api, parse(query)).length > 0) return;
      const { document, operation } = operationOf(query);
      const { document: part } = authorizedPart(rules, document, operation, new Set(denied));
      const { data } = await run(document, part, { a });
      const json = JSON.stringify(data);
      const hidden = secrets.filter(([text]) => denied.some((key) => key.includes(text)));
      expect(hidden.flatMap(([, values]) => values.filter((value) => json.includes(value)))).toEqual([]);
      if (part !== document && json.length > 30) answered += 1;
    }),
    { seed: 13, numRuns: 80 },
  );
  expect(answered).toBeGreaterThan(5);
});
