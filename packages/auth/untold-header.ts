/** On a service's answers while there are changes of rights that it could not tell: whoever reads it may be able to. */
export const UNTOLD_HEADER = 'permission-changes';
/** The header's only value. */
export const UNTOLD = 'untold';
