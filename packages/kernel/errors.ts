export type ErrorDefinition = {
  /** Who can act on it. Only `client` messages ever leave the process. */
  readonly audience: 'client' | 'operator';
  /** Whether repeating the very same request may succeed. */
  readonly retryable: boolean;
  readonly message: string;
  /** The code is no longer raised. It stays listed: codes are permanent. */
  readonly retired?: true;
};

export type PublicFields = Readonly<Record<string, string | number | boolean>>;

/** A failure we foresaw. Anything else that is thrown is a bug and is masked at the edge. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly definition: ErrorDefinition;
  readonly fields: PublicFields;

  constructor(code: string, definition: ErrorDefinition, fields: PublicFields = {}, cause?: unknown) {
    super(definition.message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.definition = definition;
    this.fields = fields;
  }
}

type ErrorFactory = (fields?: PublicFields, cause?: unknown) => AppError;

/**
 * Declares error codes beside the feature that raises them. A code is permanent: never renamed, never reused.
 *
 * The public field `field`, when given, names the input that is wrong (`email`, `input.name`).
 */
export const defineErrors = <const Definitions extends Record<string, ErrorDefinition>>(
  definitions: Definitions,
): { readonly [Code in keyof Definitions]: ErrorFactory } & { readonly definitions: Definitions } =>
  ({
    ...Object.fromEntries(
      Object.entries(definitions).map(([code, definition]): [string, ErrorFactory] => [
        code,
        (fields, cause) => new AppError(code, definition, fields, cause),
      ]),
    ),
    definitions,
  }) as { readonly [Code in keyof Definitions]: ErrorFactory } & { readonly definitions: Definitions };

/** Says whether `error` is the foreseen failure `code`. */
export const isAppError = (error: unknown, code?: string): error is AppError =>
  error instanceof AppError && (code === undefined || error.code === code);
