import type { Report } from './expand-variables.ts';

/** Where a subgraph's schema comes from; the three sources of rover that need nothing but files and HTTP. */
export type SchemaSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'sdl'; readonly sdl: string }
  | {
      readonly kind: 'introspection';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    };

/** Reads the `schema` of one subgraph; whatever is wrong with it is reported, and then the answer is undefined. */
export const readSource = (
  value: unknown,
  path: readonly string[],
  report: Report,
): SchemaSource | undefined => {
  if (!isFields(value)) {
    report(path, '"schema" must be a map with one of file, sdl or subgraph_url.');
    return undefined;
  }
  for (const source of ['graphref', 'remote_url']) {
    if (!(source in value)) continue;
    const message = `"${source}" is not supported; use file, sdl or subgraph_url.`;
    report([...path, source], message, { code: 'SUPERGRAPH_SOURCE_UNSUPPORTED' });
    return undefined;
  }
  const kinds = ['file', 'sdl', 'subgraph_url'].filter((kind) => kind in value);
  if (kinds.length !== 1) {
    report(
      path,
      `"schema" must have exactly one of file, sdl and subgraph_url; it has ${kinds.join(' and ') || 'none'}.`,
    );
    return undefined;
  }
  refuseUnknown(
    value,
    kinds[0] === 'subgraph_url' ? ['subgraph_url', 'introspection_headers'] : kinds,
    path,
    report,
  );
  const file = readText(value, 'file', path, report);
  if (file !== undefined) return { kind: 'file', file };
  const sdl = readText(value, 'sdl', path, report);
  if (sdl !== undefined) return { kind: 'sdl', sdl };
  const url = readText(value, 'subgraph_url', path, report);
  if (url === undefined) return undefined;
  if (!/^https?:/.test(url) || !URL.canParse(url))
    report([...path, 'subgraph_url'], 'This is not an http(s) URL.');
  return { kind: 'introspection', url, headers: readHeaders(value['introspection_headers'], path, report) };
};

const readHeaders = (
  value: unknown,
  path: readonly string[],
  report: Report,
): Readonly<Record<string, string>> => {
  if (value === undefined) return {};
  const headers = [...path, 'introspection_headers'];
  if (!isFields(value)) {
    report(headers, '"introspection_headers" must be a map of texts.');
    return {};
  }
  const texts = Object.keys(value).map((name): [string, string] => [
    name,
    readText(value, name, headers, report) ?? '',
  ]);
  return Object.fromEntries(texts);
};

export type Fields = Readonly<Record<string, unknown>>;

/** A map of YAML. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text that is not empty; anything else that is there is reported. */
export const readText = (
  fields: Fields,
  key: string,
  path: readonly string[],
  report: Report,
): string | undefined => {
  const value = fields[key];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '') return value;
  report([...path, key], `"${key}" must be a text that is not empty.`);
  return undefined;
};

/** Reports every key but the known ones. */
export const refuseUnknown = (
  fields: Fields,
  known: readonly string[],
  path: readonly string[],
  report: Report,
): void => {
  for (const key of Object.keys(fields)) {
    if (!known.includes(key))
      report([...path, key], `"${key}" is not a key of rover's format here (${known.join(', ')} are).`);
  }
};
