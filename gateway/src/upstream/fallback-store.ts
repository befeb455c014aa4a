import type { IdentityScope } from './fallback-scope.ts';
import { forgottenTimes } from './forgotten-times.ts';
import { keptAnswer, textAt, type KeptAnswer, type Shelf } from './kept-answers.ts';
import { scopedShelves } from './scoped-shelves.ts';

/** What is asked of a subgraph, as far as memory is concerned. */
export type Remembered = {
  readonly scope: IdentityScope;
  /** Names subgraph, generation and query. */
  readonly question: string;
  readonly isAboutEntities: boolean;
  /** The entities asked about, in their order, or the variables; distinct. */
  readonly keys: readonly string[];
};

/** What was said under one key. */
export type FoundText = {
  /** An entity, or a whole answer. */
  readonly json: string;
  /** When it was asked for, on `performance.now()`'s clock. */
  readonly atMs: number;
};

export type FallbackLimits = {
  readonly entriesMax: number;
  readonly bytesMax: number;
  /** Of one answer. */
  readonly answerBytesMax: number;
  readonly maxStaleMs: number;
};

/**
 * The last good answers of subgraphs, in memory. What was kept for one identity scope is never found for another.
 *
 * Bounded by entries, bytes and age: the oldest answers go first.
 */
export type FallbackStore = {
  /**
   * Keeps an answer without errors. Where something was kept less than a second before, that stays.
   *
   * @param askedAtMs when the call began: an answer to what was asked before something was forgotten is not kept.
   * @returns the indexes of the keys under which it is kept now; undefined when it is not.
   */
  keep(remembered: Remembered, body: Buffer, askedAtMs: number): readonly number[] | undefined;
  /** One for each key; undefined where nothing is known, or only what is too old. */
  find(remembered: Remembered): readonly (FoundText | undefined)[];
  /** Whether an answer to what was asked then may still be told: it was not forgotten since, and is not too old. */
  mayTell(scope: IdentityScope, askedAtMs: number): boolean;
  /**
   * Forgets at once what was kept for a user, in all their sessions.
   *
   * @param settleMs nothing that is asked for within this time is kept for them either; 0 unless given.
   */
  forgetViewer(viewer: { readonly tenantId: string; readonly userId: string }, settleMs?: number): void;
  /** Forgets at once what was kept for everybody in a tenant. @param settleMs as for a user. */
  forgetTenant(tenantId: string, settleMs?: number): void;
  /** Forgets at once what was kept for anybody. @param settleMs as for a user. */
  forgetEverybody(settleMs?: number): void;
  /** Forgets everything, and keeps and finds nothing until `resume`: for as long as nobody would say what to forget. */
  suspend(): void;
  resume(): void;
  readonly isSuspended: boolean;
  readonly size: { readonly entries: number; readonly bytes: number };
};

/** Nothing is kept again within this time. */
const REFRESH_MS = 1_000;

type Surroundings = {
  /** On `performance.now()`'s clock. */
  readonly nowMs?: () => number;
  /** Whether it would be heard whose rights have changed: else nothing is kept and nothing found. */
  readonly isHearing?: () => boolean;
};

export const fallbackStore = (limits: FallbackLimits, surroundings: Surroundings = {}): FallbackStore =>
  new MemoryFallbackStore(limits, surroundings);

class MemoryFallbackStore implements FallbackStore {
  readonly #limits: FallbackLimits;
  readonly #nowMs: () => number;
  readonly #isHearing: () => boolean;
  readonly #forgotten: ReturnType<typeof forgottenTimes>;
  readonly #shelves = scopedShelves();
  /** In the order in which they were kept. */
  readonly #answers = new Set<KeptAnswer>();
  #entries = 0;
  #bytes = 0;
  #isSuspended = false;

  constructor(limits: FallbackLimits, { nowMs, isHearing }: Surroundings) {
    this.#limits = limits;
    this.#nowMs = nowMs ?? (() => performance.now());
    this.#isHearing = isHearing ?? (() => true);
    this.#forgotten = forgottenTimes(limits.maxStaleMs);
  }

  get isSuspended(): boolean {
    return this.#isSuspended || !this.#isHearing();
  }

  get size(): FallbackStore['size'] {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  keep(remembered: Remembered, body: Buffer, askedAtMs: number): readonly number[] | undefined {
    const { scope, question, isAboutEntities, keys } = remembered;
    const known = this.#shelves.find(scope.key, question);
    const due = dueIn(known, keys, askedAtMs);
    if (due === undefined || body.byteLength > this.#limits.answerBytesMax) return undefined;
    if (!this.mayTell(scope, askedAtMs)) return undefined;
    const shelf = known ?? { scope, question, isAboutEntities, pointers: new Map() };
    if (known === undefined) this.#shelves.add(shelf);
    this.#put(shelf, remembered.keys, due, { body, askedAtMs });
    this.#makeRoom();
    return due;
  }

  find({ scope, question, keys }: Remembered): readonly (FoundText | undefined)[] {
    const shelf = this.#shelves.find(scope.key, question);
    return keys.map((key) => {
      const pointer = shelf?.pointers.get(key);
      if (pointer === undefined || !this.mayTell(scope, pointer.answer.atMs)) return undefined;
      return { json: textAt(pointer), atMs: pointer.answer.atMs };
    });
  }

  mayTell(scope: IdentityScope, askedAtMs: number): boolean {
    if (this.isSuspended || this.#nowMs() - askedAtMs > this.#limits.maxStaleMs) return false;
    return !this.#forgotten.has(scope, askedAtMs);
  }

  forgetViewer(
    { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
    settleMs = 0,
  ): void {
    this.#forgotten.viewer(tenantId, userId, this.#nowMs() + settleMs);
    this.#clear(this.#shelves.ofViewer(tenantId, userId));
  }

  forgetTenant(tenantId: string, settleMs = 0): void {
    this.#forgotten.tenant(tenantId, this.#nowMs() + settleMs);
    this.#clear(this.#shelves.ofTenant(tenantId));
  }

  forgetEverybody(settleMs = 0): void {
    this.#forgotten.all(this.#nowMs() + settleMs);
    this.#shelves.clear();
    this.#answers.clear();
    this.#entries = 0;
    this.#bytes = 0;
  }

  suspend(): void {
    this.#isSuspended = true;
    this.forgetEverybody();
  }

  resume(): void {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    this.#forgotten.all(this.#nowMs());
  }

  #put(
    shelf: Shelf,
    keys: readonly string[],
    due: readonly number[],
    { body, askedAtMs }: { readonly body: Buffer; readonly askedAtMs: number },
  ): void {
    const own = due.map((index) => keys[index] ?? '');
    const answer = keptAnswer(shelf, own, body, askedAtMs);
    this.#answers.add(answer);
    this.#bytes += answer.bytes;
    for (const [position, key] of own.entries()) {
      const replaced = shelf.pointers.get(key)?.answer;
      shelf.pointers.set(key, { answer, index: due[position] ?? 0 });
      if (replaced === undefined) this.#entries += 1;
      else this.#letGo(replaced);
    }
  }

  /** Of one of its keys. */
  #letGo(answer: KeptAnswer): void {
    answer.live -= 1;
    if (answer.live === 0) this.#delete(answer);
  }

  #delete(answer: KeptAnswer): void {
    if (this.#answers.delete(answer)) this.#bytes -= answer.bytes;
  }

  #makeRoom(): void {
    const { entriesMax, bytesMax, maxStaleMs } = this.#limits;
    const tooOldMs = this.#nowMs() - maxStaleMs;
    for (const oldest of this.#answers) {
      if (this.#entries <= entriesMax && this.#bytes <= bytesMax && oldest.atMs >= tooOldMs) break;
      this.#evict(oldest);
    }
  }

  #evict(answer: KeptAnswer): void {
    const { shelf, keys } = answer;
    this.#delete(answer);
    for (const key of keys) {
      if (shelf.pointers.get(key)?.answer !== answer) continue;
      shelf.pointers.delete(key);
      this.#entries -= 1;
    }
    if (shelf.pointers.size === 0) this.#shelves.delete(shelf);
  }

  #clear(shelves: readonly Shelf[]): void {
    for (const shelf of shelves) {
      const answers = new Set([...shelf.pointers.values()].map(({ answer }) => answer));
      for (const answer of answers) this.#evict(answer);
    }
  }
}

/** Which keys nothing was kept under within the last second. */
const dueIn = (
  shelf: Shelf | undefined,
  keys: readonly string[],
  askedAtMs: number,
): readonly number[] | undefined => {
  let due: number[] | undefined;
  // A plain loop: most calls of a busy gateway find nothing to do here.
  for (let index = 0; index < keys.length; index += 1) {
    const known = shelf?.pointers.get(keys[index] ?? '');
    if (known === undefined || askedAtMs - known.answer.atMs >= REFRESH_MS) (due ??= []).push(index);
  }
  return due;
};
