import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { stopOnSignals, type SignalSource } from './index.ts';

/** A process that notes the code it ended with, and says when. */
const fakeProcess = () => {
  const emitter = new EventEmitter();
  const exited = new Promise<number>((resolve) => emitter.once('exit', resolve));
  const source: SignalSource = {
    on: (signal, listener) => emitter.on(signal, listener),
    off: (signal, listener) => emitter.off(signal, listener),
    exit: (code) => emitter.emit('exit', code),
  };
  return { source, exited, signal: (name: 'SIGTERM' | 'SIGINT') => emitter.emit(name) };
};

describe('stopping on signals', () => {
  it('ends with 0 when everything closed', async () => {
    const { source, exited, signal } = fakeProcess();
    stopOnSignals(async () => undefined, source, { timeoutMs: 1_000 });
    signal('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('tells what would not close, and ends with 1', async () => {
    const { source, exited, signal } = fakeProcess();
    const problems: unknown[] = [];
    const stop = async () => {
      throw new Error('stuck');
    };
    stopOnSignals(stop, source, { timeoutMs: 1_000, onProblem: (problem) => problems.push(problem) });
    signal('SIGINT');
    expect(await exited).toBe(1);
    expect(problems).toEqual([new Error('stuck')]);
  });

  it('ends with 1 when time runs out', async () => {
    const { source, exited, signal } = fakeProcess();
    stopOnSignals(() => new Promise(() => undefined), source, { timeoutMs: 1 });
    signal('SIGTERM');
    expect(await exited).toBe(1);
  });

  it('ends at once on a second signal, but not on the echo of the first', async () => {
    const { source, exited, signal } = fakeProcess();
    let now = 0;
    let closed: () => void = () => undefined;
    const stop = () => new Promise<void>((resolve) => (closed = resolve));
    stopOnSignals(stop, source, { timeoutMs: 60_000, nowMs: () => now });
    const ended: number[] = [];
    void exited.then((code) => ended.push(code));
    signal('SIGINT');
    now = 5;
    signal('SIGINT');
    await Promise.resolve();
    expect(ended).toEqual([]);
    now = 1_000;
    signal('SIGINT');
    expect(await exited).toBe(130);
    closed();
  });

  it('does nothing once taken off again', () => {
    const { source, signal } = fakeProcess();
    stopOnSignals(async () => undefined, source, { timeoutMs: 1_000 })();
    expect(signal('SIGTERM')).toBe(false);
  });
});
