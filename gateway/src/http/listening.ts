import { AppError } from '@saas/kernel';
import { httpDrain, type GracefulStop } from '@saas/resilience';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from '../gateway.config.ts';
import { gatewayErrors } from '../gateway.errors.ts';

/** How long closing may take when nobody is waited for any more. */
const CLOSE_MS_MAX = 2_000;

/** Listens, and says which port it is. @throws {AppError} `PORT_IN_USE`, `ADDRESS_UNUSABLE`. */
export const listen = async (
  app: FastifyInstance,
  { HTTP_HOST: host, HTTP_PORT: port }: GatewayConfig,
): Promise<number> => {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw notListening(cause, host, port);
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
};

/** Requests that outlast the time for stopping are cut off: the connections to subgraphs go next. */
export const closeWithAnswers = (
  app: FastifyInstance,
  { STOP_TIMEOUT_MS: timeoutMs }: GatewayConfig,
  stopping: GracefulStop,
): void => {
  const drain = httpDrain(app.server);
  const cutOff = (): void => app.server.closeAllConnections();
  const close = async (): Promise<unknown> => app.close();
  stopping.add('HTTP server', async () => drain({ close, timeoutMs, cutOff }), {
    timeoutMs: timeoutMs + CLOSE_MS_MAX,
  });
};

const notListening = (cause: unknown, host: string, port: number): unknown => {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} is already in use. Stop what listens there, or set GATEWAY_HTTP_PORT to a free port.`;
    const definition = { ...gatewayErrors.definitions.PORT_IN_USE, message };
    return new AppError('PORT_IN_USE', definition, { port, setting: 'GATEWAY_HTTP_PORT' }, cause);
  }
  if (typeof code !== 'string' || !NO_ADDRESS.has(code)) return cause;
  const message = `Port ${port} of ${host} cannot be listened on (${code}). Correct GATEWAY_HTTP_HOST or GATEWAY_HTTP_PORT.`;
  const definition = { ...gatewayErrors.definitions.ADDRESS_UNUSABLE, message };
  return new AppError('ADDRESS_UNUSABLE', definition, { host, port }, cause);
};

/** No such address here, no such name, or a port that only others may open. */
const NO_ADDRESS = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES', 'EAFNOSUPPORT', 'EINVAL']);
