import { setTimeout as pause } from 'node:timers/promises';
import type { RunningPostgres, RunningRabbitMq } from '@saas/local-stack';
import type { ImmortalProcess } from './child-process.ts';
import { randomOf, type Random } from './random.ts';

export type Victim = 'PostgreSQL' | 'RabbitMQ' | 'relay' | 'consumer';

type Options = {
  readonly postgres: RunningPostgres;
  readonly broker: RunningRabbitMq;
  readonly relays: readonly ImmortalProcess[];
  readonly consumers: readonly ImmortalProcess[];
  readonly seed: number;
  readonly victims: readonly Victim[];
};

export type Faults = {
  /** How often each was killed; `frozen` were stopped for a while and then went on as if nothing had happened. */
  readonly kills: Readonly<Record<Victim | 'frozen', number>>;
  /** Ends the killing; resolves when every server runs again. */
  stop(): Promise<void>;
};

/** How long a victim is left alone between two deaths, and how long it stays dead, in milliseconds. */
const pace: Readonly<
  Record<Victim, { readonly aliveMs: readonly [number, number]; readonly deadMsMax: number }>
> = {
  PostgreSQL: { aliveMs: [1_500, 9_000], deadMsMax: 1_500 },
  RabbitMQ: { aliveMs: [4_000, 14_000], deadMsMax: 1_500 },
  relay: { aliveMs: [400, 5_000], deadMsMax: 0 },
  consumer: { aliveMs: [1_500, 6_000], deadMsMax: 0 },
};
const FREEZES = 0.15;
const FROZEN_MS_MAX = 4_000;
const REVIVALS_MAX = 5;

/** On a machine that is busy with other things a server may miss the time in which it is expected back. */
const revive = async (restart: () => Promise<void>): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await restart();
    } catch (error) {
      if (attempt === REVIVALS_MAX) throw error;
    }
  }
};

/** Kills at random with `kill -9`, each kind of victim at its own pace, so that deaths overlap in every way. */
export const startFaults = ({ postgres, broker, relays, consumers, seed, victims }: Options): Faults => {
  const kills = { PostgreSQL: 0, RabbitMQ: 0, relay: 0, consumer: 0, frozen: 0 };
  const ending = new AbortController();
  const rest = (milliseconds: number): Promise<void> =>
    pause(milliseconds, undefined, { signal: ending.signal }).catch(() => undefined);
  const strikeProcess = async (processes: readonly ImmortalProcess[], random: Random): Promise<boolean> => {
    // Who is only just starting does not know yet what to get wrong.
    const working = processes.filter(({ isReady }) => isReady);
    if (working.length === 0) return false;
    const victim = random.pick(working);
    if (random.next() >= FREEZES) {
      victim.signal('SIGKILL');
      return true;
    }
    victim.signal('SIGSTOP');
    kills.frozen += 1;
    await rest(random.integer(200, FROZEN_MS_MAX));
    victim.signal('SIGCONT');
    return false;
  };
  const strike: Readonly<Record<Victim, (random: Random) => Promise<boolean>>> = {
    PostgreSQL: async (random) => {
      const node = random.pick(['shard-0-primary', 'shard-1-primary']);
      await postgres.kill(node);
      await rest(random.integer(0, pace.PostgreSQL.deadMsMax));
      await revive(() => postgres.restart(node));
      return true;
    },
    RabbitMQ: async (random) => {
      await broker.kill();
      await rest(random.integer(0, pace.RabbitMQ.deadMsMax));
      await revive(() => broker.restart());
      return true;
    },
    relay: (random) => strikeProcess(relays, random),
    consumer: (random) => strikeProcess(consumers, random),
  };
  const haunt = async (victim: Victim, random: Random): Promise<void> => {
    for (;;) {
      await rest(random.integer(...pace[victim].aliveMs));
      if (ending.signal.aborted) return;
      if (await strike[victim](random)) kills[victim] += 1;
    }
  };
  const haunting = victims.map((victim, index) => haunt(victim, randomOf(seed + 1_000 + index)));
  return {
    kills,
    stop: async () => {
      ending.abort();
      await Promise.all(haunting);
    },
  };
};
