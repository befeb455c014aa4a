import { Client } from 'pg';

/** Whoever needs this table waits, also on the replicas when even reading is kept off, until it is let go. */
export const holdTable = async (
  urls: readonly string[],
  table: string,
  mode: 'ACCESS EXCLUSIVE' | 'SHARE ROW EXCLUSIVE',
): Promise<() => Promise<void>> => {
  const clients = urls.map((connectionString) => new Client({ connectionString }));
  await Promise.all(
    clients.map(async (client) => {
      client.on('error', () => undefined);
      await client.connect();
      await client.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE`);
    }),
  );
  return async () => {
    await Promise.all(clients.map((client) => client.end()));
  };
};
