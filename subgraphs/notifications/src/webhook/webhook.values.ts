import { createHmac } from 'node:crypto';
import type { StreamId } from '@saas/event-sourcing';
import type { Brand, UserId } from '@saas/kernel';
import { isPublicAddress } from './public-address.values.ts';
import { webhookErrors } from './webhook.errors.ts';

/** A URL that requests may be sent to, in its normal form. */
export type WebhookUrl = Brand<'WebhookUrl'>;

const LENGTH_MAX = 2_048;

/**
 * A URL fit for a webhook. What its name leads to is looked at again with every request: names can be led elsewhere.
 *
 * @throws {AppError} `WEBHOOK_URL_INVALID`: another protocol, credentials, an address that is not public.
 */
export const parseWebhookUrl = (
  raw: string,
  { mayBePrivate }: { readonly mayBePrivate: boolean },
): WebhookUrl => {
  const invalid = () => webhookErrors.WEBHOOK_URL_INVALID({ field: 'url', lengthMax: LENGTH_MAX });
  const text = raw.trim();
  if (text.length > LENGTH_MAX || !URL.canParse(text)) throw invalid();
  const url = new URL(text);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (!isWeb || url.username !== '' || url.password !== '' || url.hash !== '') throw invalid();
  if (!mayBePrivate && isPrivateName(hostOf(url))) throw invalid();
  return url.href as WebhookUrl;
};

/** The name or the bare address that a URL leads to. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** Names that are private by themselves, and addresses that are. Other names have to be looked up. */
const isPrivateName = (host: string): boolean =>
  /(^|\.)(localhost|local|internal|home\.arpa)\.?$/i.test(host) ||
  (/^[\d.]+$|:/.test(host) && !isPublicAddress(host));

/** The secret of a webhook, as its owner is shown it once: the same for the same webhook, and written down nowhere. */
export const webhookSecretOf = (key: string, hookId: string): string =>
  `whsec_${createHmac('sha256', key).update(`webhook secret ${hookId}`).digest('base64')}`;

/** What is sent. */
export type SignedWebhook = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/**
 * The headers that prove a request to be ours, and its time.
 *
 * @param id the same for every attempt; without dots, which part what is signed.
 * @see Standard Webhooks 1.0.0, "Signature scheme".
 */
export const signWebhook = (secret: string, id: string, at: Date, body: string): SignedWebhook => {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
  };
};

/** The stream of a person's webhook. */
export const webhookStream = (userId: UserId): StreamId => `webhook-${userId}`;
