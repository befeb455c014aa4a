/** An e-mail, ready to be written down. Texts are plain; none of them holds a line break but `text`. */
export type Mail = {
  /** The same for every attempt; becomes the `Message-ID`, by which receivers know a second copy. */
  readonly id: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly at: Date;
};

/**
 * Hands e-mails over.
 *
 * Every adapter must pass `describeMailerContract`.
 */
export type Mailer = {
  /** What it is, for people: no address, no credentials. */
  readonly name: string;
  /**
   * Resolves when the mail was accepted: by the mail server's own word, or written to disk. The same mail may be sent
   * again, when nobody knows whether it was accepted.
   *
   * @throws {AppError} `MAIL_REFUSED` when trying again is no use, `MAIL_UNAVAILABLE` when it is.
   */
  readonly send: (mail: Mail, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};
