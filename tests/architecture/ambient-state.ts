import { clockReaders, environmentReaders } from './dependency-rules.ts';
import { isTestCode, isTypeScript, type SourceTree } from './source-tree.ts';
import { parse } from './syntax.ts';

/**
 * Every place that reads the environment or asks for the time of day by itself. Both come in as arguments, so that a
 * test can say what they are. Turning a known instant into text, `new Date(instantMs)`, is no question of the time.
 */
export const findAmbientState = (tree: SourceTree): readonly string[] =>
  [...tree].flatMap(([file, source]) => {
    if (!isTypeScript(file) || isTestCode(file) || /^(scripts|bench)\//.test(file)) return [];
    return parse(source).uses.flatMap(({ name, line }) => {
      if (name === 'process.env' && !environmentReaders.some((place) => place.test(file))) {
        return [`${file}:${line}: process.env is read in main.ts alone`];
      }
      if (timeQuestions.has(name) && !clockReaders.some((place) => place.test(file))) {
        return [`${file}:${line}: ${name} asks for the time; take a Clock`];
      }
      return [];
    });
  });

const timeQuestions = new Set(['new Date', 'Date.now', 'Date()']);
