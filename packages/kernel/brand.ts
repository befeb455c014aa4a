declare const brand: unique symbol;

/** A string that may not be mistaken for another string. Made only by the parser beside its type. */
export type Brand<Name extends string> = string & { readonly [brand]: Name };
