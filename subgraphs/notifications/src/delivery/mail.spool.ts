import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { deliveryErrors } from './delivery.errors.ts';
import type { Mailer } from './mail.port.ts';
import { mailMessage } from './mail.smtp.ts';

/**
 * Writes each e-mail into a folder as a file that mail programs open, `<id>.eml`. A mail that is sent again replaces itself,
 * and a file is there whole or not at all.
 *
 * @param from the sender, `Name <address>`.
 */
export const spoolMailer = (directory: string, from: string): Mailer => {
  const writer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    name: 'spool',
    send: async (mail) => {
      const { message } = await writer.sendMail(mailMessage(mail, from));
      const path = join(directory, `${mail.id}.eml`);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(`${path}.new`, message as Buffer, { mode: 0o600 });
        await rename(`${path}.new`, path);
      } catch (error) {
        throw deliveryErrors.MAIL_UNAVAILABLE({}, error);
      }
    },
    close: async () => writer.close(),
  };
};
