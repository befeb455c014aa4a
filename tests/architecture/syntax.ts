import { parseSync } from '@swc/core';

/** One import, export-from or dynamic import: `import type`, and a type's own `import('x')`, carry no code. */
export type ImportStatement = {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  /** Also a call of `import()`, whose specifier then is a literal. */
  readonly line: number;
};

/**
 * A function with a body. `ownLines` counts from its first line to its last, without those of the functions inside it,
 * each of which is read by itself, and without the further lines of template texts, which are not code.
 */
export type FunctionExtent = { readonly name: string; readonly line: number; readonly ownLines: number };

/** What the gates want to know about a file, read from its syntax tree, so that comments and strings never count. */
export type Syntax = {
  readonly imports: readonly ImportStatement[];
  readonly functions: readonly FunctionExtent[];
  readonly hasDefaultExport: boolean;
  /** Calls and property reads as dotted text: `process.env`, `Date.now`, `it.skip`; `new Date` means without arguments. */
  readonly uses: readonly { readonly name: string; readonly line: number }[];
};

/**
 * Parses one TypeScript file. Parsing the same text again is free.
 *
 * @throws when the text is not TypeScript.
 */
export const parse = (source: string): Syntax => {
  const known = parsed.get(source);
  if (known !== undefined) return known;
  const found = read(source);
  parsed.set(source, found);
  return found;
};

type SyntaxNode = { readonly [key: string]: unknown };

const parsed = new Map<string, Syntax>();

const read = (source: string): Syntax => {
  const lineAt = lineCounter(source);
  const imports: ImportStatement[] = [];
  const functions: FunctionExtent[] = [];
  const uses: { name: string; line: number }[] = [];
  let hasDefaultExport = false;

  /** Returns how many lines of the node do not belong to the function around it. */
  const visit = (value: unknown, name: string): number => {
    if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + visit(each, name), 0);
    if (!isNode(value)) return 0;
    const lineOf = () => lineAt(spanOf(value).start);
    const found = importOf(value);
    if (found !== undefined) imports.push({ ...found, line: lineOf() });
    if (String(value['type']).startsWith('ExportDefault')) hasDefaultExport = true;
    const use = useOf(value);
    if (use !== undefined) uses.push({ name: use, line: lineOf() });
    const owner = nameOf(value) ?? name;
    const foreign = childrenOf(value).reduce((sum: number, child) => sum + visit(child, owner), 0);
    const isText = value['type'] === 'TemplateLiteral';
    if (!isText && !isFunction(value)) return foreign;
    const lines = lineAt(spanOf(value).end) - lineOf() + 1;
    if (!isText) functions.push({ name: owner, line: lineOf(), ownLines: lines - foreign });
    return lines - 1;
  };
  visit(parseSync(source, { syntax: 'typescript', target: 'es2022' }).body, 'the file');
  return { imports, functions, uses, hasDefaultExport };
};

/** A test under a condition, `(isRoot ? it : it.skip)`, is no use of `it.skip`: it runs where it can. */
const childrenOf = (node: SyntaxNode): readonly unknown[] => {
  if (node['type'] !== 'ConditionalExpression') return Object.values(node);
  const branches = [node['consequent'], node['alternate']];
  return [
    node['test'],
    ...branches.filter((branch) => isNode(branch) && branch['type'] !== 'MemberExpression'),
  ];
};

const isFunction = (node: SyntaxNode): boolean => {
  const inner = isNode(node['function']) ? node['function'] : node;
  return functionTypes.has(String(node['type'])) && isNode(inner['body']);
};

const functionTypes = new Set([
  'ArrowFunctionExpression',
  'FunctionExpression',
  'FunctionDeclaration',
  'MethodProperty',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
]);

const importOf = (node: SyntaxNode): Omit<ImportStatement, 'line'> | undefined => {
  switch (node['type']) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration': {
      const specifier = literalOf(node['source']);
      const names = Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : [];
      const allTypes = names.length > 0 && names.every((name) => name['isTypeOnly'] === true);
      return specifier === undefined
        ? undefined
        : { specifier, isTypeOnly: node['typeOnly'] === true || allTypes };
    }
    case 'TsImportType': {
      const specifier = literalOf(node['argument']);
      return specifier === undefined ? undefined : { specifier, isTypeOnly: true };
    }
    case 'CallExpression': {
      if (!isNode(node['callee']) || node['callee']['type'] !== 'Import') return undefined;
      const [first]: unknown[] = Array.isArray(node['arguments']) ? node['arguments'] : [];
      const specifier = isNode(first) ? literalOf(first['expression']) : undefined;
      return specifier === undefined ? undefined : { specifier, isTypeOnly: false };
    }
    default:
      return undefined;
  }
};

const useOf = (node: SyntaxNode): string | undefined => {
  if (node['type'] === 'MemberExpression') return dotted(node);
  if (
    node['type'] === 'CallExpression' &&
    isNode(node['callee']) &&
    node['callee']['type'] === 'Identifier'
  ) {
    return `${String(node['callee']['value'])}()`;
  }
  const hasArguments = Array.isArray(node['arguments']) && node['arguments'].length > 0;
  return node['type'] === 'NewExpression' && !hasArguments ? `new ${dotted(node['callee'])}` : undefined;
};

const dotted = (node: unknown): string => {
  if (!isNode(node)) return '';
  if (node['type'] === 'Identifier') return String(node['value']);
  if (node['type'] !== 'MemberExpression') return '';
  return `${dotted(node['object'])}.${dotted(node['property'])}`;
};

/** What a reader would call the thing: the variable, property, method or function that holds it. */
const nameOf = (node: SyntaxNode): string | undefined => {
  const holder = node['identifier'] ?? node['id'] ?? node['key'];
  if (!isNode(holder)) return undefined;
  const name = isNode(holder['id']) ? holder['id']['value'] : holder['value'];
  return typeof name === 'string' ? name : undefined;
};

const literalOf = (node: unknown): string | undefined =>
  isNode(node) && node['type'] === 'StringLiteral' ? String(node['value']) : undefined;

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const spanOf = (node: SyntaxNode): { start: number; end: number } => {
  const span = isNode(node['span']) ? node['span'] : {};
  return { start: Number(span['start'] ?? 1), end: Number(span['end'] ?? 1) };
};

/** The parser's positions count bytes, from 1. */
const lineCounter = (source: string): ((position: number) => number) => {
  const bytes = Buffer.from(source);
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) ends.push(at + 1);
  return (position) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
};
