import { signIdentity, type Viewer } from '@saas/auth';
import type { Clock } from '@saas/kernel';

type Options = {
  /** Subgraph name to the key we share with it. */
  readonly keys: ReadonlyMap<string, string>;
  readonly clock: Clock;
};

/** Signs a request's viewer for each subgraph that it calls, once, however often it calls it. */
export const identities = ({
  keys,
  clock,
}: Options): ((viewer: Viewer) => (subgraph: string) => string | undefined) => {
  if (keys.size === 0) return () => () => undefined;
  return (viewer) => {
    const signed = new Map<string, string>();
    return (audience) => {
      const known = signed.get(audience);
      const key = keys.get(audience);
      if (known !== undefined || key === undefined) return known;
      const identity = signIdentity({ key, audience, clock }, viewer);
      signed.set(audience, identity);
      return identity;
    };
  };
};
