import pg from 'pg';

/** How long the server may take to answer a cancel request. */
const ANSWER_MS_MAX = 1_000;

/** What pg's classes have besides what their types tell. */
type Cancellable = {
  readonly processID: number;
  readonly secretKey: number;
  readonly host: string;
  readonly port: number;
  readonly ssl: unknown;
  readonly sslNegotiation: string;
};
type CancelConnection = {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
};

/**
 * Asks the server to cancel the statement that this connection runs at the moment; when it runs none, nothing happens.
 *
 * Resolves once the server has closed the connection on which it was asked: by then the signal has been sent, and cannot hit
 * what is sent over our connection later.
 *
 * @param client connected.
 * @throws {Error} when there is no such answer within 1 s ({@link ANSWER_MS_MAX}). The signal may still come: the connection
 *   is then fit for nobody else.
 * @see PostgreSQL documentation, "Canceling Requests in Progress"; libpq, too, waits for the connection to be closed.
 */
export const requestCancel = (client: pg.ClientBase): Promise<void> =>
  new Promise((resolve, reject) => {
    const known = client as unknown as Cancellable;
    const { host, port, ssl, sslNegotiation } = known;
    const connection = new pg.Connection({ ssl, sslNegotiation } as pg.ConnectionConfig);
    const wire = connection as unknown as CancelConnection;
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      connection.stream.destroy();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(() => settle(new Error('A cancel request was not answered.')), ANSWER_MS_MAX);
    connection.on('error', settle);
    connection.once('end', () => settle());
    if (ssl && sslNegotiation !== 'direct') connection.once('connect', () => wire.requestSsl());
    connection.once(ssl ? 'sslconnect' : 'connect', () => wire.cancel(known.processID, known.secretKey));
    if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`);
    else wire.connect(port, host);
  });
