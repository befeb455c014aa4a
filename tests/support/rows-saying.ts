import type { ProvisionedService } from '@saas/local-stack';
import { asSuperuser } from './events.ts';

/** The tables, of any of these services and on any shard, in which some row says `text` somewhere, whatever the case. */
export const tablesSaying = async (
  services: readonly ProvisionedService[],
  text: string,
): Promise<readonly string[]> => {
  const found = await Promise.all(services.map((service) => tablesOf(service, text)));
  return found.flat();
};

const tablesOf = async (service: ProvisionedService, text: string): Promise<readonly string[]> => {
  const tables = await asSuperuser<{ name: string }>(
    [service],
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const names = [...new Set(tables.map(({ name }) => name))].toSorted();
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const counts = await Promise.all(
    names.map((name) =>
      asSuperuser<{ rows: number }>(
        [service],
        `SELECT count(*)::int AS rows FROM "${name}" AS t WHERE t::text ILIKE $1`,
        [pattern],
      ),
    ),
  );
  return names
    .filter((_, index) => counts[index]?.some(({ rows }) => rows > 0))
    .map((name) => `${service.service}.${name}`);
};
