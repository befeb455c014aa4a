import { describe, expect, it } from '@jest/globals';
import { findAmbientState } from './ambient-state.ts';

const complaintsAbout = (file: string, source: string) => findAmbientState(new Map([[file, source]]));
const decider = 'subgraphs/users/src/account/account.decider.ts';

describe('the environment and the time', () => {
  it.each(['new Date()', 'Date.now()', 'process.env["HOME"]', 'process.env.HOME'])(
    'is noticed in %s',
    (source) => {
      expect(complaintsAbout(decider, `export const x = () => ${source};`)).toHaveLength(1);
    },
  );

  it('leaves alone what only formats an instant', () => {
    expect(
      complaintsAbout(decider, `// new Date()\nexport const x = (ms: number) => new Date(ms).toISOString();`),
    ).toEqual([]);
  });

  it('may be read where the process begins, and by the clock', () => {
    expect(complaintsAbout('subgraphs/users/src/main.ts', 'run(process.env);')).toEqual([]);
    expect(complaintsAbout('packages/kernel/clock.ts', 'export const now = () => new Date();')).toEqual([]);
  });
});
