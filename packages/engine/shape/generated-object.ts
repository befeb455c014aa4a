import { isInherited, type JsonObject } from '../plan/json-object.ts';
import { putAscii, putBytes, putText } from './json-sink.ts';
import type { Writing } from './writing.ts';

type Written = 'value' | 'null' | 'nothing';

/** Writes one field of an object; the generated code knows a shorter way to do the same. */
export type FieldWriter = {
  /** In JSON, with the colon, and a comma or the brace before it. */
  readonly label: Uint8Array;
  readonly write: (parent: JsonObject, writing: Writing) => Written;
  /** Of a field that is read from its parent. */
  readonly value: FieldValue | undefined;
};

export type FieldValue = {
  readonly dataKey: string;
  readonly write: (value: unknown, writing: Writing) => Written;
  /** The name of the type when it is a scalar, may it be null or not. */
  readonly scalar: string | undefined;
};

/** Writes the fields of an object one after the other, as long as they can be. */
export type WriteFields = (parent: JsonObject, writing: Writing) => Written;

/** Larger functions than with these are not compiled to machine code. */
const fieldsMax = 100;

/**
 * Generates code for the fields of a selection. A property that is read under a fixed name is found faster than under
 * one that changes with every field: for an answer of 110 KB 0.3 ms instead of 0.4. Nothing is decided here: what is not
 * plainly of its type is left to the field's own writer.
 *
 * @returns undefined when the process does not allow code from text, or there are too many fields.
 */
export const generateFields = (fields: readonly FieldWriter[]): WriteFields | undefined => {
  if (fields.length > fieldsMax) return undefined;
  const constants = fields.map(
    (_, index) => `const label${index} = fields[${index}].label, field${index} = fields[${index}];
      const value${index} = field${index}.value;`,
  );
  const body = `${constants.join('\n')}
    return (parent, writing) => {
      const { sink } = writing;
      let it;
      ${fields.map(fieldCode).join('\n')}
      return 'value';
    };`;
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- names come into the text as JSON alone.
    const generate = new Function('fields', 'putBytes', 'putText', 'putAscii', body) as Generate;
    return generate(fields, putBytes, putText, putAscii);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
};

type Generate = (
  fields: readonly FieldWriter[],
  ...helpers: readonly [typeof putBytes, typeof putText, typeof putAscii]
) => WriteFields;

const fieldCode = ({ value }: FieldWriter, index: number): string => {
  const label = `putBytes(sink, label${index});`;
  if (value === undefined || isInherited(value.dataKey)) {
    return `${label} if (field${index}.write(parent, writing) === 'nothing') return 'nothing';`;
  }
  const read = `it = parent[${JSON.stringify(value.dataKey)}];`;
  const write = `if (value${index}.write(it, writing) === 'nothing') return 'nothing';`;
  const shortcut = shortcuts.get(value.scalar);
  return shortcut === undefined
    ? `${label} ${read} ${write}`
    : `${label} ${read} if (${shortcut.isPlain}) ${shortcut.write}; else ${write}`;
};

const text = { isPlain: `typeof it === 'string'`, write: 'putText(sink, it)' };
const shortcuts: ReadonlyMap<string | undefined, typeof text> = new Map([
  ['String', text],
  ['ID', text],
  ['Int', { isPlain: `typeof it === 'number' && (it | 0) === it`, write: `putAscii(sink, '' + it)` }],
]);
