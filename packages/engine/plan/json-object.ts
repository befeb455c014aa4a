/** A parsed JSON object. Its keys come from subgraphs and clients, so that any name may occur. */
export type JsonObject = Record<string, unknown>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the own property `key`; what `Object.prototype` offers under the same name is never seen. */
export const readerOf = (key: string): ((object: JsonObject) => unknown) =>
  isInherited(key)
    ? (object) => (Object.hasOwn(object, key) ? object[key] : undefined)
    : (object) => object[key];

/** Like a plain assignment, for any key: assigning `__proto__` plainly would change the object's prototype. */
export const writeKey = (object: JsonObject, key: string, value: unknown): void => {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
};

/** A copy of parsed JSON that shares nothing with it. */
export const cloneJson = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneJson) as Value;
  const clone: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) writeKey(clone, key, cloneJson(inner));
  return clone as Value;
};

/** Says whether every object has a property of this name from birth. */
export const isInherited = (key: string): boolean => inherited.has(key);

const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
