import { createServer } from 'node:net';
import { AppError, defineErrors } from '@saas/kernel';

export const localErrors = defineErrors({
  PORT_IN_USE: { audience: 'operator', retryable: false, message: 'The port is already in use.' },
});

type Listener = { readonly HTTP_HOST: string; readonly HTTP_PORT: number };

/**
 * Finds out before anything is started that a port is taken.
 *
 * @param listeners by the setting that says the port; port 0 takes any.
 * @throws {AppError} `PORT_IN_USE` naming every taken port and its setting.
 */
export const requireFreePorts = async (listeners: Readonly<Record<string, Listener>>): Promise<void> => {
  const checked = await Promise.all(
    Object.entries(listeners).map(async ([setting, { HTTP_HOST: host, HTTP_PORT: port }]) => {
      const isFree = port === 0 || (await canListen(host, port));
      return isFree ? [] : [`Port ${port} is already in use: stop what listens there, or set ${setting}.`];
    }),
  );
  const taken = checked.flat();
  if (taken.length === 0) return;
  const { PORT_IN_USE: definition } = localErrors.definitions;
  throw new AppError('PORT_IN_USE', { ...definition, message: taken.join('\n') });
};

const canListen = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
