import { paint } from './paint.ts';

/** Lines for people: what is being done, how far it is, how long it took. Redraws in a terminal, else prints once. */
export const progress = (out: NodeJS.WriteStream = process.stdout) => {
  const started = performance.now();
  const seconds = (since: number) => `${((performance.now() - since) / 1_000).toFixed(1)} s`;
  return {
    /** Runs one step and prints its result; `report` may be called with how far it is. */
    async step<Result>(
      name: string,
      work: (report: (text: string) => void) => Promise<Result>,
    ): Promise<Result> {
      const since = performance.now();
      const label = name.padEnd(28);
      const report = (text: string) => {
        if (out.isTTY) out.write(`\r\u001b[2K  ${label}${text}`);
      };
      report('…');
      try {
        const result = await work(report);
        out.write(`${out.isTTY ? '\r\u001b[2K' : ''}  ${label}${paint(out, 'green', seconds(since))}\n`);
        return result;
      } catch (error) {
        out.write(`${out.isTTY ? '\r\u001b[2K' : ''}  ${label}${paint(out, 'red', 'failed')}\n`);
        throw error;
      }
    },
    line: (text = '') => out.write(`${text}\n`),
    total: () => seconds(started),
  };
};

export type Progress = ReturnType<typeof progress>;
