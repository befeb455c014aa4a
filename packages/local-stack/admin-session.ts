import { Client } from 'pg';

/**
 * Connects, lets `work` use the session and ends it in every case.
 *
 * @throws {Error} the driver's own: the server is away, or refuses a statement.
 */
export const withSession = async <Result>(
  url: string,
  work: (session: Client) => Promise<Result>,
): Promise<Result> => {
  const session = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // Without a listener, the end of the server would end our own process.
  session.on('error', () => undefined);
  await session.connect();
  try {
    return await work(session);
  } finally {
    await session.end().catch(() => undefined);
  }
};

/** The same URL with another database, and another role when one is given. */
export const urlOf = (url: string, database: string, role?: { name: string; password: string }): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  if (role !== undefined) {
    changed.username = role.name;
    changed.password = encodeURIComponent(role.password);
  }
  return changed.href;
};
