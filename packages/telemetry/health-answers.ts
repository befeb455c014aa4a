import type { HealthSnapshot } from './health-monitor.ts';
import type { HealthStatus } from './health-source.ts';

/** What to answer over HTTP; the body is JSON. */
export type HealthAnswer = { readonly statusCode: 200 | 503; readonly body: object };

/** The process runs. Never depends on anything else: a restart would not mend a database. */
export const liveAnswer = (): HealthAnswer => ({ statusCode: 200, body: { status: 'up' } });

/** Send requests here: nothing critical is down and we are not stopping. Degraded is still ready. */
export const readyAnswer = (snapshot: HealthSnapshot, isStopping: boolean): HealthAnswer => {
  const missing = Object.entries(snapshot.checks)
    .filter(([, check]) => check.isCritical && check.status === 'down')
    .map(([name]) => name);
  const status: HealthStatus = isStopping || missing.length > 0 ? 'down' : 'up';
  return { statusCode: codeOf(status), body: { status, isStopping, missing } };
};

/** Every dependency with its status and response time; 503 when something critical is down or we are stopping. */
export const fullAnswer = (snapshot: HealthSnapshot, isStopping: boolean): HealthAnswer => {
  const status: HealthStatus = isStopping ? 'down' : snapshot.status;
  return { statusCode: codeOf(status), body: { ...snapshot, status, isStopping } };
};

const codeOf = (status: HealthStatus): 200 | 503 => (status === 'down' ? 503 : 200);
