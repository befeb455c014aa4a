import { defineErrors } from '@saas/kernel';
import { z } from 'zod';
import { needOf } from './describe-setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const configErrors = defineErrors({
  CONFIG_INVALID: {
    audience: 'operator',
    retryable: false,
    message: 'The configuration has mistakes; the process did not start.',
  },
});

/** Every mistake found, one per line, by the variable's name; values are never printed, they may be secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Invalid configuration:\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

/**
 * Reads every variable that starts with `prefix`, or explains everything that is wrong at once.
 *
 * An unknown variable with our prefix is an error too: a misspelt setting must never be silently ignored.
 *
 * @throws {ConfigError} listing each bad variable by name.
 */
export const readConfig = <Shape extends z.ZodRawShape>(
  prefix: string,
  shape: Shape,
  environment: Environment,
): Readonly<z.output<z.ZodObject<Shape, z.core.$strict>>> => {
  const ours = Object.fromEntries(
    Object.entries(environment)
      .filter(([name, value]) => name.startsWith(prefix) && value !== undefined && value !== '')
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
  const result = z.strictObject(shape).safeParse(ours);
  if (result.success) return Object.freeze(result.data);
  const { issues } = result.error;
  throw new ConfigError([...new Set(issues.flatMap((issue) => problemsOf(prefix, shape, ours, issue)))]);
};

/**
 * Reads several parts of the configuration and reports the mistakes of all of them together.
 *
 * @throws {ConfigError} with every part's problems.
 */
export const readAll = <Parts extends Record<string, () => unknown>>(
  parts: Parts,
): { readonly [Name in keyof Parts]: ReturnType<Parts[Name]> } => {
  const problems: string[] = [];
  const entries = Object.entries(parts).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return [name, undefined];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(entries) as { readonly [Name in keyof Parts]: ReturnType<Parts[Name]> };
};

const problemsOf = (
  prefix: string,
  shape: z.ZodRawShape,
  given: Environment,
  issue: z.core.$ZodIssue,
): readonly string[] => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${prefix}${key}: unknown setting`);
  const name = String(issue.path[0] ?? '');
  const setting = shape[name];
  if (!(name in given) || setting === undefined) return [`${prefix}${name}: is required`];
  return [`${prefix}${name}: ${issue.code === 'custom' ? issue.message : needOf(setting)}`];
};
