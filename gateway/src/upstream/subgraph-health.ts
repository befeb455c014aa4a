import type { HealthPart, HealthReport, HealthSource, HealthStatus } from '@saas/telemetry';
import { request } from 'undici';

const BODY_BYTES_MAX = 256 * 1_024;
const PARTS_MAX = 100;

/**
 * Relays what a subgraph says of itself at `/health`, beside its GraphQL endpoint, with the database nodes behind it. A
 * subgraph that has no such page (any other team's) is up when it answers at all, below 500.
 *
 * Not critical: what one subgraph cannot answer is null, and the rest is served.
 */
export const subgraphHealth = (name: string, url: string): HealthSource => ({
  name,
  isCritical: false,
  check: async (signal) => {
    const { statusCode, body } = await request(new URL('/health', url), { signal });
    const text = await readText(body);
    return reportOf(statusCode, text);
  },
});

const readText = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** What the page says, kept to statuses, names, numbers and flags: a subgraph's texts are not ours to publish. */
export const reportOf = (statusCode: number, text: string): HealthReport => {
  const page = parseFields(text);
  const said = statusOf(page['status']);
  if (said === undefined) return { status: statusCode < 500 ? 'up' : 'down' };
  const checks = isFields(page['checks']) ? Object.entries(page['checks']) : [];
  const parts = checks.flatMap(([check, value]) => partsOf(check, value)).slice(0, PARTS_MAX);
  return { status: statusCode >= 500 ? 'down' : said, parts };
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseFields = (text: string): Fields => {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
};

const statusOf = (value: unknown): HealthStatus | undefined =>
  value === 'up' || value === 'degraded' || value === 'down' ? value : undefined;

/** A check with parts (a database and its nodes) gives its parts; any other check is a part itself. */
const partsOf = (name: string, check: unknown): readonly HealthPart[] => {
  if (!isFields(check)) return [];
  const parts: readonly unknown[] = Array.isArray(check['parts']) ? check['parts'] : [];
  if (parts.length > 0)
    return parts.flatMap((part) => (isFields(part) ? onePart(String(part['name']), part) : []));
  return onePart(name, check);
};

const onePart = (name: string, { status, responseTimeMs, details }: Fields): readonly HealthPart[] => {
  const known = statusOf(status);
  if (known === undefined || !/^[\w.-]{1,64}$/.test(name)) return [];
  const figures = Object.entries({ responseTimeMs, ...(isFields(details) ? details : {}) }).filter(isFigure);
  return [{ name, status: known, ...(figures.length > 0 && { details: Object.fromEntries(figures) }) }];
};

const isFigure = (entry: [string, unknown]): entry is [string, string | number | boolean | null] => {
  const [name, value] = entry;
  if (!/^\w{1,40}$/.test(name)) return false;
  if (typeof value === 'string') return /^[\w.:-]{1,40}$/.test(value);
  return typeof value === 'number' || typeof value === 'boolean' || value === null;
};
