import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { plantNames } from './history/plants.ts';
import { runHistory } from './history/run-history.ts';
import { startServers, type Servers } from './history/servers.ts';
import { progressLine, summaryTable } from './history/summary.ts';

/** How long the killing goes on; `npm run test:resilience -- --seconds N` sets it. */
const SECONDS = Number(process.env['HISTORY_SECONDS'] ?? 25);
/** A run that found something can be repeated with the same decisions, though not with the same timing. */
const SEED = Number(process.env['HISTORY_SEED'] ?? Date.now() % 1_000_000);
/** Of a run that hangs: what it takes to come to rest on a machine that is busy with other things. */
const REST_SECONDS = 900;
/** How often a bug gets the chance to show. */
const RUNS_MAX = 5;

jest.setTimeout((SECONDS + REST_SECONDS) * 1_000);

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.stop());

const tell = (text: string): void => void process.stderr.write(`${text}\n`);

describe('64 writers, while PostgreSQL, RabbitMQ, relays and consumers are killed at random', () => {
  it('have every write carried out once, and every effect once and in order', async () => {
    tell(`  history of ${SECONDS} s with seed ${SEED}`);
    let told = 0;
    const outcome = await runHistory(servers, {
      seconds: SECONDS,
      seed: SEED,
      victims: ['PostgreSQL', 'RabbitMQ', 'relay', 'consumer'],
      killsMin: 1,
      patienceSeconds: 90,
      onProgress: (so) => {
        if ((told += 1) % 5 === 1) tell(progressLine(so));
      },
    });
    tell(summaryTable(outcome, SEED));
    expect(outcome.findings.slice(0, 20)).toEqual([]);
    expect([...outcome.surprises]).toEqual([]);
    expect(outcome.history.effects.length).toBeGreaterThan(0);
  });
});

// A short run shows that a bug is found at all; the others have time in a long one.
const plants = SECONDS >= 60 ? plantNames : plantNames.slice(0, 1);

describe('the same run with a bug', () => {
  it.each(plants)('finds it: %s', async (plant) => {
    let findings: readonly unknown[] = [];
    // Some bugs show only when a process dies at the wrong moment, which a short run on a busy machine may miss.
    for (let run = 0; run < RUNS_MAX && findings.length === 0; run += 1) {
      const outcome = await runHistory(servers, {
        seconds: 6,
        seed: SEED + run,
        victims: ['relay', 'consumer'],
        killsMin: 5,
        plant,
        patienceSeconds: 5,
      });
      tell(`  with a bug: ${plant}\n${summaryTable(outcome, SEED + run)}`);
      ({ findings } = outcome);
    }
    expect(findings).not.toEqual([]);
  });
});
