import type { Decider } from '@saas/event-sourcing';
import { assertNever, type UserId } from '@saas/kernel';
import type { WebhookEvent } from './webhook.events.ts';

export type WebhookCommand =
  | { readonly type: 'SetWebhook'; readonly hookId: string; readonly by: UserId; readonly at: string }
  | { readonly type: 'RemoveWebhook'; readonly by: UserId; readonly at: string };

/** `hookId` is null when there is no webhook; `setAt` says since when there is this one. */
export type Webhook = { readonly hookId: string | null; readonly setAt: string | null };

/** Whose webhook it is follows from the stream; the viewer can name no other. */
export const webhook: Decider<Webhook, WebhookCommand, WebhookEvent> = {
  initialState: { hookId: null, setAt: null },
  evolve: (_, { type, data }) => {
    switch (type) {
      case 'WebhookWasSet':
        return { hookId: data.hookId, setAt: data.at };
      case 'WebhookWasRemoved':
        return { hookId: null, setAt: null };
      default:
        return assertNever(type);
    }
  },
  decide: (command, { hookId }) => {
    const { by, at } = command;
    switch (command.type) {
      case 'SetWebhook':
        return [{ type: 'WebhookWasSet', data: { hookId: command.hookId, by, at } }];
      case 'RemoveWebhook':
        return hookId === null ? [] : [{ type: 'WebhookWasRemoved', data: { by, at } }];
      default:
        return assertNever(command);
    }
  },
};
