import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { breaker, type Breaker, type BreakerOptions, type BreakerState } from './index.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  opened?.stop();
  jest.useRealTimers();
});

let opened: Breaker | undefined;
const changes: BreakerState[] = [];
const open = (more: Partial<BreakerOptions> = {}): Breaker => {
  changes.length = 0;
  opened = breaker({
    failures: 5,
    failureRate: 0.5,
    windowMs: 10_000,
    resetMs: 60_000,
    probeMs: 5_000,
    probe: async () => undefined,
    onChange: (state) => changes.push(state),
    random: () => 0.5,
    ...more,
  });
  return opened;
};
const end = (circuit: Breaker, times: number, outcome: 'failed' | 'succeeded'): void => {
  for (let each = 0; each < times; each += 1) {
    const period = circuit.begin();
    if (period !== undefined) circuit[outcome](period);
  }
};
const failing = async (): Promise<never> => {
  throw new Error('no');
};
const never = () => new Promise<never>(() => undefined);

describe('a closed breaker', () => {
  it('opens at the failure that is one too many, and lets no call through from then on', () => {
    const circuit = open();
    end(circuit, 4, 'failed');
    expect(circuit.state).toBe('closed');
    end(circuit, 1, 'failed');
    expect([circuit.state, circuit.begin(), changes]).toEqual(['open', undefined, ['open']]);
  });

  it('stays closed while fewer fail than its share', () => {
    const circuit = open();
    end(circuit, 6, 'succeeded');
    end(circuit, 5, 'failed');
    expect(circuit.state).toBe('closed');
    end(circuit, 1, 'failed');
    expect(circuit.state).toBe('open');
  });

  it('forgets failures that are long over', () => {
    const circuit = open();
    end(circuit, 4, 'failed');
    jest.advanceTimersByTime(10_000);
    end(circuit, 4, 'failed');
    expect(circuit.state).toBe('closed');
  });

  it('counts neither calls on their way nor those of which it hears nothing', () => {
    const circuit = open();
    for (let each = 0; each < 1_000; each += 1) circuit.begin();
    end(circuit, 5, 'failed');
    expect(circuit.state).toBe('open');
  });

  it('opens at one failure while it expects one, whatever succeeded before', () => {
    const circuit = open();
    end(circuit, 100, 'succeeded');
    circuit.expectFailure(1_000);
    end(circuit, 1, 'failed');
    expect(circuit.state).toBe('open');
  });

  it.each([
    ['most calls succeed', (circuit: Breaker) => end(circuit, 2, 'succeeded')],
    ['it has expected one for long enough', () => jest.advanceTimersByTime(1_000)],
  ])('does not open at one failure when %s', (_, before) => {
    const circuit = open();
    circuit.expectFailure(1_000);
    before(circuit);
    end(circuit, 1, 'failed');
    expect(circuit.state).toBe('closed');
  });
});

describe('an open breaker', () => {
  const isOpen = (more: Partial<BreakerOptions> = {}): Breaker => {
    const circuit = open(more);
    end(circuit, 5, 'failed');
    changes.length = 0;
    return circuit;
  };

  it('probes after its time, and closes when that succeeds', async () => {
    const circuit = isOpen();
    await jest.advanceTimersByTimeAsync(59_999);
    expect(changes).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(changes).toEqual(['half-open', 'closed']);
    expect(circuit.begin()).toBeDefined();
  });

  it('lets no call through while it probes', () => {
    const circuit = isOpen({ probe: never });
    jest.advanceTimersByTime(60_000);
    expect([circuit.state, circuit.begin()]).toEqual(['half-open', undefined]);
  });

  it.each([
    ['fails', failing, 0],
    ['never ends', never, 5_000],
  ])('stays open when its probe %s, and probes again', async (_, work, takesMs) => {
    const probe = jest.fn(work);
    isOpen({ probe });
    await jest.advanceTimersByTimeAsync(60_000 + takesMs);
    expect(changes).toEqual(['half-open', 'open']);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(probe).toHaveBeenCalledTimes(2);
  });

  it.each([
    [0, 48_000],
    [1, 72_000],
  ])('probes a fifth earlier or later, at random', (random, afterMs) => {
    const probe = jest.fn(never);
    isOpen({ probe, random: () => random });
    jest.advanceTimersByTime(afterMs - 1);
    expect(probe).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(probe).toHaveBeenCalledTimes(1);
  });

  it('is closed by no call that began before, however it ends', () => {
    const circuit = open({ probe: never });
    const late = circuit.begin() ?? -1;
    end(circuit, 5, 'failed');
    jest.advanceTimersByTime(60_000);
    circuit.succeeded(late);
    expect(circuit.state).toBe('half-open');
    circuit.failed(late);
    expect(circuit.state).toBe('half-open');
  });

  it('opens again at the first failure after a probe has closed it, but not for a call of the time before', async () => {
    const circuit = open();
    const late = circuit.begin() ?? -1;
    end(circuit, 5, 'failed');
    await jest.advanceTimersByTimeAsync(60_000);
    circuit.failed(late);
    expect(circuit.state).toBe('closed');
    end(circuit, 1, 'failed');
    expect(circuit.state).toBe('open');
  });

  it('probes soon when it is told to, once, however often it is told', async () => {
    const probe = jest.fn(failing);
    const circuit = isOpen({ probe });
    for (let each = 0; each < 100; each += 1) circuit.probeSoon();
    await jest.advanceTimersByTimeAsync(1_500);
    expect(probe).toHaveBeenCalledTimes(1);
    expect([circuit.state, changes]).toEqual(['open', []]);
  });

  it('closes when a soon probe succeeds', async () => {
    const circuit = isOpen();
    circuit.probeSoon();
    await jest.advanceTimersByTimeAsync(1_500);
    expect([circuit.state, changes]).toEqual(['closed', ['closed']]);
  });

  it('makes one probe do when two are due', async () => {
    const probe = jest.fn(never);
    const circuit = isOpen({ probe });
    await jest.advanceTimersByTimeAsync(58_500);
    circuit.probeSoon();
    await jest.advanceTimersByTimeAsync(2_000);
    expect([circuit.state, probe.mock.calls.length]).toEqual(['half-open', 1]);
  });

  it('keeps nothing of its probes, however long it is open', async () => {
    isOpen({ probe: failing });
    await jest.advanceTimersByTimeAsync(0);
    const timers = jest.getTimerCount();
    await jest.advanceTimersByTimeAsync(60_000 * 200);
    expect(jest.getTimerCount()).toBe(timers);
  });
});

it('tells how each probe ended', async () => {
  const outcomes: string[] = [];
  const probe = jest.fn<() => Promise<void>>(async () => undefined).mockRejectedValueOnce(new Error('no'));
  const circuit = open({ probe, onProbe: (outcome) => outcomes.push(outcome) });
  end(circuit, 5, 'failed');
  await jest.advanceTimersByTimeAsync(120_000);
  expect(outcomes).toEqual(['failed', 'succeeded']);
});

it.each([
  ['closed', 0, () => undefined],
  ['open', 5, (circuit: Breaker) => circuit.probeSoon()],
])('leaves no timer behind when it is stopped while %s, and lets no call through', (_, failures, before) => {
  const circuit = open();
  end(circuit, failures, 'failed');
  before(circuit);
  circuit.stop();
  expect([jest.getTimerCount(), circuit.begin()]).toEqual([0, undefined]);
});

it('stays as it is when it is stopped while it probes', async () => {
  let settle: () => void = () => undefined;
  const circuit = open({ probe: () => new Promise<void>((resolve) => (settle = resolve)) });
  end(circuit, 5, 'failed');
  await jest.advanceTimersByTimeAsync(60_000);
  changes.length = 0;
  circuit.stop();
  settle();
  await jest.advanceTimersByTimeAsync(0);
  expect([circuit.begin(), changes]).toEqual([undefined, []]);
});
