import { fileLinesMax, functionLinesMax, usualFileLinesMax, usualShare } from './file-rules.ts';
import { isTestCode, isTypeScript, type SourceTree } from './source-tree.ts';
import { parse } from './syntax.ts';

const isCode = (file: string): boolean => /\.(ts|js|mjs|cjs)$/.test(file);

/** Every file over the maximum, tests included; and, when too many exceed the usual length, those that do. */
export const findLongFiles = (tree: SourceTree): readonly string[] => {
  const sizes = [...tree]
    .filter(([file]) => isCode(file))
    .map(([file, source]) => ({ file, lines: linesOf(source) }));
  const tooLong = sizes
    .filter(({ lines }) => lines > fileLinesMax)
    .map(({ file, lines }) => `${file}: ${lines} lines, ${fileLinesMax} at most`);
  const code = sizes.filter(({ file }) => !isTestCode(file));
  const unusual = code.filter(({ lines }) => lines > usualFileLinesMax);
  if (unusual.length <= code.length * (1 - usualShare)) return tooLong;
  const names = unusual.map(({ file, lines }) => `${file} (${lines})`).join(', ');
  return [
    ...tooLong,
    `more than ${Math.round((1 - usualShare) * 100)} % have over ${usualFileLinesMax} lines: ${names}`,
  ];
};

/** Every function that no screen shows whole, the functions inside it aside. The body of a `describe` is a chapter, not a function. */
export const findLongFunctions = (tree: SourceTree): readonly string[] =>
  [...tree].flatMap(([file, source]) => {
    if (!isTypeScript(file) || isTestCode(file)) return [];
    return parse(source)
      .functions.filter(({ ownLines }) => ownLines > functionLinesMax)
      .map(
        ({ name, line, ownLines }) =>
          `${file}:${line}: ${name} has ${ownLines} lines, ${functionLinesMax} at most`,
      );
  });

const linesOf = (source: string): number => source.replace(/\n$/, '').split('\n').length;
