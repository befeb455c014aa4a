import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describeMailerContract } from './mail.contract.ts';
import { smtpMailer } from './mail.smtp.ts';

/** A mail server of this test's own, without TLS and without accounts unless told otherwise. */
const openServer = async (options: SMTPServerOptions = {}) => {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => {
        received.push(Buffer.concat(chunks).toString());
        done();
      });
    },
    ...options,
  });
  // Connections that we break off are no news.
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const mailer = smtpMailer({
    url: `smtp://127.0.0.1:${port}`,
    from: 'Supergraph <notifications@supergraph.example>',
    timeoutMs: 5_000,
  });
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    mailer,
    received: async () => received,
    breakDown: async () => {
      await mailer.close();
      await stop();
    },
    close: async () => {
      await mailer.close();
      await stop();
    },
  };
};

describeMailerContract('smtpMailer', () => openServer());

const mail = {
  id: 'ntf_1-email',
  to: { name: 'Ada', address: 'ada@example.com' },
  subject: 'Hello',
  text: 'Hello',
  at: new Date(0),
};
const refusal = (code: number): Error => Object.assign(new Error('refused'), { responseCode: code });

it.each([
  [550, 'MAIL_REFUSED', 'the recipient is unknown'],
  [451, 'MAIL_UNAVAILABLE', 'the server asks for patience'],
])('tells apart refusals for good from others: %d is %s, for %s', async (status, code) => {
  const server = await openServer({ onRcptTo: (_, __, done) => done(refusal(status)) });
  await expect(server.mailer.send(mail, new AbortController().signal)).rejects.toMatchObject({ code });
  expect(await server.received()).toEqual([]);
  await server.close();
});
