import { existsSync } from 'node:fs';

/** Takes settings from `.env` when there is one. Loaded late: an image of production is without the package. */
export const readDotenv = async (): Promise<void> => {
  if (!existsSync('.env')) return;
  const { config } = await import('dotenv');
  config({ quiet: true });
};
