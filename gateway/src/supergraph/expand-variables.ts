/** Adds a mistake at the setting with this path. */
export type Report = (path: readonly string[], message: string, options?: { readonly code?: string }) => void;

const VARIABLE = /\$\{env\.([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${env.NAME}` and `${env.NAME:-default}` in every text of a parsed YAML value; keys stay as they are.
 * An unset variable without a default is reported, by name. A set but empty variable counts as unset.
 */
export const expandVariables = (
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  report: Report,
  path: readonly string[] = [],
): unknown => {
  if (typeof value === 'string') {
    return value.replaceAll(VARIABLE, (_match, name: string, fallback: string | undefined) => {
      const found = environment[name] === '' ? fallback : (environment[name] ?? fallback);
      if (found === undefined) report(path, `The environment variable ${name} is not set.`);
      return found ?? `\${env.${name}}`;
    });
  }
  if (Array.isArray(value))
    return value.map((item: unknown) => expandVariables(item, environment, report, path));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      expandVariables(item, environment, report, [...path, key]),
    ]),
  );
};
