import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SupergraphSource } from './supergraph-source.port.ts';
import { until } from './until.fixture.ts';

/** A place where supergraphs are found. `marker` is the name of a field that only this version of the supergraph has. */
export type SourcePlace = {
  /** A new source that looks at this place. */
  open(): SupergraphSource;
  put(marker: string): Promise<void>;
  /** Puts something there that cannot be used. */
  spoil(): Promise<void>;
  close(): Promise<void>;
};

/** The promises of the SupergraphSource port. Call it once per source; `makePlace` hands over an empty place. */
export const describeSupergraphSourceContract = (adapter: string, makePlace: () => Promise<SourcePlace>) =>
  describe(`${adapter} keeps the SupergraphSource contract`, () => {
    let place: SourcePlace;
    let sources: SupergraphSource[] = [];

    beforeEach(async () => {
      place = await makePlace();
    });
    afterEach(async () => {
      await Promise.all(sources.map(async (source) => source.stop()));
      sources = [];
      await place.close();
    });

    /** Everything a listener heard: markers, or the code of a failure. */
    const listen = async () => {
      const source = place.open();
      sources.push(source);
      const heard: string[] = [];
      await source.start({
        found: (sdl) => heard.push(/\b(one|two|three|four)\b/.exec(sdl)?.[0] ?? 'unmarked'),
        failed: ({ code }) => heard.push(code),
      });
      return { source, heard };
    };
    const isFailure = (word: string | undefined): boolean => word?.startsWith('SUPERGRAPH_') === true;

    it('tells what is there before its start is over', async () => {
      await place.put('one');
      expect((await listen()).heard).toEqual(['one']);
    });

    it('tells that there is nothing to use, goes on looking, and finds what comes', async () => {
      await place.spoil();
      const { heard } = await listen();
      expect(heard).toEqual([expect.stringMatching(/^SUPERGRAPH_/)]);
      await place.put('two');
      await until(() => heard.at(-1) === 'two');
    });

    it('tells each change once, in order', async () => {
      await place.put('one');
      const { heard } = await listen();
      for (const marker of ['two', 'three', 'four']) {
        await place.put(marker);
        await until(() => heard.at(-1) === marker);
      }
      expect(heard).toEqual(['one', 'two', 'three', 'four']);
    });

    it('does not tell again what was only written again', async () => {
      await place.put('one');
      const { heard } = await listen();
      await place.put('one');
      await place.put('two');
      await until(() => heard.at(-1) === 'two');
      expect(heard).toEqual(['one', 'two']);
    });

    it('tells a failure, and after it the same text again', async () => {
      await place.put('one');
      const { heard } = await listen();
      await place.spoil();
      await until(() => isFailure(heard.at(-1)));
      await place.put('one');
      await until(() => heard.at(-1) === 'one');
      expect(heard.filter((word) => !isFailure(word))).toEqual(['one', 'one']);
    });

    it('is silent once stopped', async () => {
      await place.put('one');
      const stopped = await listen();
      const other = await listen();
      await stopped.source.stop();
      await stopped.source.stop();
      await place.put('two');
      await until(() => other.heard.at(-1) === 'two');
      expect(stopped.heard).toEqual(['one']);
    });

    it('may be stopped before it starts', async () => {
      await place.open().stop();
    });
  });
