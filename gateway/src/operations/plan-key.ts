/**
 * Under which key the plan of an operation is kept.
 *
 * @param hash of the document's text, as `queryHash`.
 * @param name of the operation itself, whether or not its client named it; undefined for an anonymous one.
 */
export const planKey = (hash: string, name: string | undefined): string => `${hash} ${name ?? ''}`;
