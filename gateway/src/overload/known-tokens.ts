import type { Flow } from '@saas/resilience';

/** Of the signature at a token's end, which is as good as random. */
const CHARACTERS = 24;
const FNV_PRIME = 16_777_619;
const FNV_BASIS = 2_166_136_261;

/**
 * Remembers whose token stands in an `Authorization` header, once it was verified, so that the door need not verify anything.
 * Good for telling flows apart, and for nothing else: it keeps a hash of the token’s end, 53 bits, and never the token.
 * Bounded: those that were not seen for long are forgotten by halves.
 */
export class KnownTokens {
  readonly #sizeMax: number;
  #recent = new Map<number, Flow>();
  #older = new Map<number, Flow>();

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  flowOf(authorization: string): Flow | undefined {
    const key = keyOf(authorization);
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const older = this.#older.get(key);
    if (older !== undefined) this.#set(key, older);
    return older;
  }

  /** @returns whether it is new. */
  learn(authorization: string, flow: Flow): boolean {
    const key = keyOf(authorization);
    const known = this.#recent.get(key);
    if (known === flow) return false;
    this.#set(key, flow);
    return known === undefined;
  }

  #set(key: number, flow: Flow): void {
    this.#recent.set(key, flow);
    if (this.#recent.size < this.#sizeMax / 2) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}

/** 53 bits: a hash of one half and 21 bits of another's. */
const keyOf = (authorization: string): number => {
  let first = FNV_BASIS;
  let second = FNV_PRIME;
  for (let at = Math.max(0, authorization.length - CHARACTERS); at < authorization.length; at += 1) {
    const code = authorization.charCodeAt(at);
    first = Math.imul(first ^ code, FNV_PRIME);
    second = Math.imul(second + code, FNV_BASIS);
  }
  return (first >>> 0) * 0x20_0000 + (second >>> 11);
};
