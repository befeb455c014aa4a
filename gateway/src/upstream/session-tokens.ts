import { mergeConsistencyTokens, type Clock, type ConsistencyTokens, type SessionId } from '@saas/kernel';

const REMEMBERED_MS = 30_000;
const SESSIONS_MAX = 10_000;

/** What each session has written lately, for clients that do not send the `consistency-token` header back. */
export type SessionTokens = {
  /** Empty when the session has written nothing within the last 30 s, or was pushed out by 10,000 busier ones. */
  recall(sessionId: SessionId): ConsistencyTokens;
  remember(sessionId: SessionId, tokens: ConsistencyTokens): void;
};

const none: ConsistencyTokens = new Map();

/**
 * The memory of one gateway process; another gateway does not know of it, which is why clients behind a load balancer
 * without affinity should send the header. Bounded in number and in age: a replica that is 30 s behind is not read from.
 */
export const sessionTokens = (clock: Clock, sessionsMax = SESSIONS_MAX): SessionTokens => {
  const entries = new Map<SessionId, { readonly tokens: ConsistencyTokens; readonly endsAtMs: number }>();
  const nowMs = (): number => clock.now().getTime();
  const recall = (sessionId: SessionId): ConsistencyTokens => {
    const entry = entries.get(sessionId);
    if (entry === undefined) return none;
    if (entry.endsAtMs > nowMs()) return entry.tokens;
    entries.delete(sessionId);
    return none;
  };
  return {
    recall,
    remember: (sessionId, tokens) => {
      const merged = mergeConsistencyTokens(recall(sessionId), tokens);
      // Deleted first: a Map keeps insertion order, so the first key is the session that wrote longest ago.
      entries.delete(sessionId);
      entries.set(sessionId, { tokens: merged, endsAtMs: nowMs() + REMEMBERED_MS });
      const [oldest] = entries.keys();
      if (entries.size > sessionsMax && oldest !== undefined) entries.delete(oldest);
    },
  };
};
