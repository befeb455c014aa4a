import { randomUUID } from 'node:crypto';
import { requireViewer } from '@saas/auth';
import { payload } from '@saas/subgraph';
import type { ChangeInput, NotificationsContext } from '../notifications.context.ts';
import type { WebhookCommand } from './webhook.decider.ts';
import { parseWebhookUrl, webhookSecretOf, webhookStream } from './webhook.values.ts';

type SetInput = ChangeInput & { readonly url: string };

export const webhookResolvers = {
  Query: {
    webhook: (_: unknown, __: unknown, context: NotificationsContext) => context.webhook(),
  },

  Mutation: {
    setWebhook: (_: unknown, { input }: { input: SetInput }, context: NotificationsContext) =>
      payload(async () => {
        requireViewer(context.viewer);
        const { webhookRules } = context;
        const url = parseWebhookUrl(input.url, webhookRules);
        const hookId = randomUUID();
        const wish = { ...input, url };
        const { state, version } = await context.withWebhookRow(hookId, url, () =>
          context.change({
            handle: context.handleWebhook,
            operation: 'setWebhook',
            input: wish,
            stream: ({ userId }) => webhookStream(userId),
            command: (by, at): WebhookCommand => ({ type: 'SetWebhook', hookId, by, at }),
          }),
        );
        // A request that repeats an earlier one is shown that one's secret.
        if (state.hookId === null) throw new Error('A webhook that was set is not there.');
        return {
          webhook: { url, createdAt: state.setAt, version },
          secret: webhookSecretOf(webhookRules.key, state.hookId),
        };
      }),

    removeWebhook: (_: unknown, { input }: { input: ChangeInput }, context: NotificationsContext) =>
      payload(async () => {
        const { version } = await context.change({
          handle: context.handleWebhook,
          operation: 'removeWebhook',
          input,
          stream: ({ userId }) => webhookStream(userId),
          command: (by, at): WebhookCommand => ({ type: 'RemoveWebhook', by, at }),
        });
        return { version };
      }),
  },
};
