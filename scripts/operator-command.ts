import { ConfigError } from '@saas/config';
import { AppError } from '@saas/kernel';

/** Asked for wrongly; nothing was done. */
export class UsageError extends Error {}

/** Data for programs, or lines for people; the lines are only made where somebody reads them. */
export const print = (json: boolean | undefined, data: unknown, lines: () => readonly string[]): void => {
  if (json) console.log(JSON.stringify(data, undefined, 2));
  else for (const line of lines()) console.log(line);
};

/** Runs an operator's command. When it fails, says why in words and ends with 2 for a usage error, else with 1. */
export const runCommand = async (main: () => Promise<void>): Promise<void> => {
  try {
    await main();
  } catch (error) {
    console.error(describe(error));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
};

const describe = (error: unknown): string => {
  if (error instanceof ConfigError || error instanceof UsageError) return error.message;
  if (!(error instanceof AppError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error.cause instanceof Error ? `\n  ${error.cause.message}` : '';
  const fields = Object.keys(error.fields).length === 0 ? '' : ` ${JSON.stringify(error.fields)}`;
  return `${error.code}: ${error.message}${fields}${cause}`;
};
