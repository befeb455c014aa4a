import { createTransport, type SendMailOptions } from 'nodemailer';
import { deliveryErrors } from './delivery.errors.ts';
import type { Mail, Mailer } from './mail.port.ts';

type Options = {
  /** `smtp://user:password@host:587`, or `smtps:` for TLS from the first byte. */
  readonly url: string;
  /** The sender, `Name <address>`. */
  readonly from: string;
  /** How long the server may take for any one step, milliseconds. */
  readonly timeoutMs: number;
};

/** Hands e-mails to a mail server by SMTP, over a few connections that are kept open. */
export const smtpMailer = ({ url, from, timeoutMs }: Options): Mailer => {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail is made from texts alone.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'smtp',
    send: async (mail) => {
      try {
        await transport.sendMail(mailMessage(mail, from));
      } catch (error) {
        throw isFinal(error)
          ? deliveryErrors.MAIL_REFUSED({}, error)
          : deliveryErrors.MAIL_UNAVAILABLE({}, error);
      }
    },
    close: async () => transport.close(),
  };
};

/** The message as every transport writes it. */
export const mailMessage = ({ id, to, subject, text, at }: Mail, from: string): SendMailOptions => ({
  from,
  to: { name: to.name, address: to.address },
  subject,
  text,
  date: at,
  messageId: `<${id}@${domainOf(from)}>`,
  // RFC 3834, section 5: nobody's out-of-office notice shall answer this.
  headers: { 'Auto-Submitted': 'auto-generated' },
});

const domainOf = (from: string): string => /@([^\s>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';

/**
 * Whether the server has said no for good.
 *
 * @see RFC 5321, section 4.2.1: 5yz is permanent. A refused login (535) is our own mistake, to be mended, and no verdict on the
 * mail.
 */
const isFinal = (error: unknown): boolean => {
  if (!(error instanceof Error) || !('responseCode' in error)) return false;
  const { responseCode } = error;
  const isLogin = 'code' in error && error.code === 'EAUTH';
  return typeof responseCode === 'number' && responseCode >= 500 && responseCode < 600 && !isLogin;
};
