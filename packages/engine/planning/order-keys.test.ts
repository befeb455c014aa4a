import { describe, expect, it } from '@jest/globals';
import { orderKeys } from './order-keys.ts';

describe('orderKeys', () => {
  it('puts keys that cannot be resolved last, and touches nothing else', () => {
    const before = `# é
      type A @join__type(graph: X, key: "id", resolvable: false) @tag(name: "t") @join__type(graph: X, key: "sku") { id: ID! }
      interface B @join__type(graph: X, key: "id") @join__type(graph: Y, resolvable: true) { id: ID! }`;
    expect(orderKeys(before)).toBe(`# é
      type A @join__type(graph: X, key: "sku") @tag(name: "t") @join__type(graph: X, key: "id", resolvable: false) { id: ID! }
      interface B @join__type(graph: X, key: "id") @join__type(graph: Y, resolvable: true) { id: ID! }`);
  });

  it('keeps the order among equals', () => {
    const ordered =
      'type A @join__type(graph: X) @join__type(graph: Y) @join__type(graph: Z, resolvable: false) { a: Int }';
    expect(orderKeys(ordered)).toBe(ordered);
    const mixed =
      'type A @join__type(graph: Z, resolvable: false) @join__type(graph: X) @join__type(graph: Y) { a: Int }';
    expect(orderKeys(mixed)).toBe(ordered);
  });
});
