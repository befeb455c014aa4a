import { AppError } from '@saas/kernel';

/** A refusal that the caller can act on, as mutations answer it. */
export type UserError = {
  readonly code: string;
  readonly message: string;
  /** The path of the input that is wrong, outermost first; null when no single one is. */
  readonly field: readonly string[] | null;
  readonly retryable: boolean;
};

/**
 * Runs a mutation's work and answers its payload. Foreseen failures that the client can act on become its
 * `userErrors`, and the changed thing is then absent; everything else is thrown on and masked.
 */
export const payload = async <Result extends object>(
  work: () => Promise<Result>,
): Promise<
  (Result & { readonly userErrors: readonly UserError[] }) | { readonly userErrors: readonly UserError[] }
> => {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    if (error instanceof AppError && error.definition.audience === 'client') {
      return { userErrors: [userErrorOf(error)] };
    }
    throw error;
  }
};

const userErrorOf = ({ code, message, definition, fields }: AppError): UserError => {
  const { field } = fields;
  return {
    code,
    message,
    field: typeof field === 'string' && field !== '' ? field.split('.') : null,
    retryable: definition.retryable,
  };
};
