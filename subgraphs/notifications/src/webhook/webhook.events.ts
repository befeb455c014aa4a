import { declareEvents, type DomainEvent } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';

/**
 * The permanent record of a person's webhook. Fields are added as optional, never renamed, never removed.
 *
 * Where it leads is personal and can be forgotten: it stands in a row of its own, by `hookId`. Its secret follows from
 * `hookId` and a key of ours, and stands nowhere.
 */
export type WebhookEvent =
  | DomainEvent<'WebhookWasSet', { hookId: string; by: UserId; at: string }>
  | DomainEvent<'WebhookWasRemoved', { by: UserId; at: string }>;

/** The forms in which these events are stored. */
export const webhookEvents = declareEvents<WebhookEvent>({ WebhookWasSet: {}, WebhookWasRemoved: {} });
