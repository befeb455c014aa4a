const CENSORED = '[secret]';
const DEPTH_MAX = 6;
const SECRET_NAME =
  /(?:password|passphrase|secret|tokens?|cookie|authorization|credentials?|apikey|privatekey|signingkey|identitykey|internalidentity)$/;
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  // `scheme://user:password@host`
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#@"\\]{1,256}@/gi, `$1${CENSORED}@`],
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${CENSORED}`],
  // A JWT: three parts, the first two of them base64url of `{"`.
  [/\beyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g, CENSORED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----/g, CENSORED],
];

/** The same fields, with the values of those that are named like a secret replaced at any depth. */
export const withoutSecrets = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  redactFields(fields, 0);

/** Every secret text has one of these: most lines have none, and need no closer look. */
const MARK = /:\/\/|bearer|basic|eyJ|-----BEGIN/i;

/** The same text without credentials in URLs, bearer tokens, JWTs and private keys. */
export const withoutSecretText = (text: string): string => {
  if (!MARK.test(text)) return text;
  let clean = text;
  for (const [pattern, replacement] of SECRET_TEXTS) clean = clean.replace(pattern, replacement);
  return clean;
};

const redactFields = (fields: object, depth: number): Record<string, unknown> => {
  const clean: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const isHidden = isSecretName(name) && value !== undefined && value !== null;
    const shown = isHidden ? CENSORED : redact(value, depth + 1);
    // Assigning to it would change the prototype instead.
    if (name === '__proto__') Object.defineProperty(clean, name, { value: shown, enumerable: true });
    else clean[name] = shown;
  }
  return clean;
};

const redact = (value: unknown, depth: number): unknown => {
  if (value === null || typeof value !== 'object') return value;
  // Errors have a serializer; what can write itself (Date, Buffer, Secret) knows better than we do.
  if (value instanceof Error || 'toJSON' in value || ArrayBuffer.isView(value)) return value;
  if (depth > DEPTH_MAX) return '[deep]';
  if (Array.isArray(value)) return value.map((each: unknown) => redact(each, depth + 1));
  return redactFields(value, depth);
};

/** Lines of one program have few names, and each line has some. Names that others chose must not fill the memory. */
const NAMES_MAX = 1_000;
const judged = new Map<string, boolean>();

const isSecretName = (name: string): boolean => {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const isSecret = SECRET_NAME.test(name.toLowerCase().replaceAll(/[-_]/g, ''));
  if (judged.size < NAMES_MAX) judged.set(name, isSecret);
  return isSecret;
};
