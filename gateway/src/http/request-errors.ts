import type { SourceLocation } from 'graphql';

type TellableError = {
  readonly message: string;
  readonly locations?: readonly SourceLocation[];
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
};

/** A request that was not executed, for one or several reasons of one kind; each may be told to the client as it is. */
export class RequestErrors extends Error {
  override readonly name = 'RequestErrors';
  readonly code: string;
  readonly errors: readonly TellableError[];

  constructor(code: string, errors: readonly TellableError[]) {
    super(errors[0]?.message ?? code);
    this.code = code;
    this.errors = errors;
  }
}
