import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Mail, Mailer } from './mail.port.ts';

/** A mailer, and what has come out of it: the mails as they were written down, the newest last. */
export type MailerUnderTest = {
  readonly mailer: Mailer;
  readonly received: () => Promise<readonly string[]>;
  /** From now on nothing can be handed over. */
  readonly breakDown: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const mail: Mail = {
  id: 'ntf_1-email',
  to: { name: 'Ada “Countess” Lovelace', address: 'ada@example.com' },
  subject: 'The task “Färbe den Zaun” was assigned to you.',
  text: 'Hello Ada,\n\nThe task “Färbe den Zaun” was assigned to you.\n',
  at: new Date('2026-01-01T00:00:00.000Z'),
};
const { signal } = new AbortController();

/** The promises of the Mailer port. Call it once per adapter. */
export const describeMailerContract = (name: string, open: () => Promise<MailerUnderTest>): void => {
  describe(`${name} as a mailer`, () => {
    let under: MailerUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    it('hands over a mail with its recipient, its words and its lasting id', async () => {
      await under.mailer.send(mail, signal);
      const text = (await under.received()).at(-1) ?? '';
      expect(text).toContain('ada@example.com');
      expect(text).toContain('Message-ID: <ntf_1-email@supergraph.example>');
      expect(text).toContain('Date: Thu, 01 Jan 2026 00:00:00 +0000');
      expect(text).toContain('Auto-Submitted: auto-generated');
      expect(text).toMatch(/=E2=80=9CF=C3=A4rbe|4oCcRsOkcmJl/);
    });

    it('lets nothing in a subject become a header', async () => {
      await under.mailer.send({ ...mail, id: 'ntf_2-email', subject: 'Hi\r\nBcc: eve@example.com' }, signal);
      expect((await under.received()).at(-1)).not.toMatch(/^Bcc:/m);
    });

    it('says so when it cannot hand over, and that trying again may help', async () => {
      await under.breakDown();
      await expect(under.mailer.send(mail, signal)).rejects.toMatchObject({
        code: 'MAIL_UNAVAILABLE',
        definition: { retryable: true },
      });
    });
  });
};
