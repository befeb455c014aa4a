import { open } from 'node:fs/promises';

/**
 * Counts how often each text has been written into a growing file so far; reads only what is new since the last call.
 * Lines are read whole.
 */
export const logCount = <Text extends string>(
  file: string,
  texts: readonly Text[],
): (() => Promise<ReadonlyMap<Text, number>>) => {
  const counts = new Map(texts.map((text) => [text, 0]));
  let position = 0;
  let line = '';
  return async () => {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(size - position),
        0,
        size - position,
        position,
      );
      position += bytesRead;
      const lines = (line + buffer.toString('latin1', 0, bytesRead)).split('\n');
      line = lines.pop() ?? '';
      for (const text of texts)
        counts.set(text, (counts.get(text) ?? 0) + lines.filter((each) => each.includes(text)).length);
      return counts;
    } finally {
      await handle.close();
    }
  };
};
