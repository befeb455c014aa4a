import { requireViewer, type AuthenticatedViewer } from '@saas/auth';
import { claimOf, type CommandHandler, type Decided, type StreamId } from '@saas/event-sourcing';
import type { Clock, NotificationId } from '@saas/kernel';
import type { ShardedDatabase } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-notifications';
import { loader, type Loader, type SubgraphRequest } from '@saas/subgraph';
import { deliveriesOf, type DeliveryView } from './delivery/delivery-queue.queries.ts';
import type { Inbox, InboxCommand } from './inbox/inbox.decider.ts';
import {
  inboxOf,
  notificationPage,
  notificationsByIds,
  type InboxView,
  type NotificationPageArgs,
  type NotificationView,
} from './notification-list/notification-list.queries.ts';
import type { Notification, NotificationCommand } from './notification/notification.decider.ts';
import type { Preferences, PreferencesCommand } from './preferences/preferences.decider.ts';
import { preferencesOf, type PreferencesView } from './preferences/preferences.queries.ts';
import type { Webhook, WebhookCommand } from './webhook/webhook.decider.ts';
import { dropUnusedWebhook, webhookOf, writeWebhook, type WebhookView } from './webhook/webhook.queries.ts';

/** The ways in which this service's state changes. */
export type NotificationsHandlers = {
  readonly handleNotification: CommandHandler<Notification, NotificationCommand>;
  readonly handleInbox: CommandHandler<Inbox, InboxCommand>;
  readonly handlePreferences: CommandHandler<Preferences, PreferencesCommand>;
  readonly handleWebhook: CommandHandler<Webhook, WebhookCommand>;
};

/** Everything a resolver may touch, made anew for each request. Each part refuses with `UNAUTHENTICATED` by itself. */
export type NotificationsContext = SubgraphRequest &
  NotificationsHandlers & {
    /** Carries out the viewer's command, once per idempotency key, and lets this request's later reads see it. */
    readonly change: <State, Command>(change: Change<State, Command>) => Promise<Decided<State>>;
    /** The viewer's own notifications; null where there is none by the id, or it is another's. */
    readonly notificationById: Loader<NotificationId, NotificationView>;
    /** How the viewer's own notifications fare on their ways out. */
    readonly deliveriesByNotification: Loader<NotificationId, readonly DeliveryView[]>;
    readonly notificationPage: (
      args: Omit<NotificationPageArgs, 'recipientId'>,
    ) => Promise<readonly NotificationView[]>;
    readonly inbox: () => Promise<InboxView>;
    readonly preferences: () => Promise<PreferencesView>;
    readonly webhook: () => Promise<WebhookView | null>;
    readonly webhookRules: WebhookRules;
    /** Runs `set` while a row says where the viewer's new webhook leads; a row that did not come into use is deleted. */
    readonly withWebhookRow: <Result>(
      hookId: string,
      url: string,
      set: () => Promise<Result>,
    ) => Promise<Result>;
  };

type Change<State, Command> = {
  readonly handle: CommandHandler<State, Command>;
  /** The mutation's name. */
  readonly operation: string;
  readonly input: ChangeInput;
  readonly stream: (viewer: AuthenticatedViewer) => StreamId;
  /** Who and when are data. */
  readonly command: (by: AuthenticatedViewer['userId'], at: string) => Command;
};

/** What every mutation's input has. */
export type ChangeInput = {
  readonly idempotencyKey?: string | null;
  readonly expectedVersion?: number | null;
};

type Tx = Prisma.TransactionClient;

/** Where webhooks may lead, and what their secrets are made from. */
export type WebhookRules = { readonly mayBePrivate: boolean; readonly key: string };

/** What requests may do with the service's database beside changing it by commands. */
export type NotificationsDatabase = Pick<ShardedDatabase<Tx>, 'read' | 'readPrimary' | 'write'>;

type Options = {
  readonly database: NotificationsDatabase;
  readonly handlers: NotificationsHandlers;
  readonly clock: Clock;
  /** Keys the hashes of requests that are kept with idempotency keys. */
  readonly claimSecret: string;
  readonly webhookRules: WebhookRules;
};

/** Makes the context of each request. */
export const contextFactory =
  ({ database, handlers, clock, claimSecret, webhookRules }: Options) =>
  (request: SubgraphRequest): NotificationsContext => {
    let hasWritten = false;

    /** As the viewer; what this request has written is seen for certain on the primary alone. */
    const read = <Result>(
      work: (tx: Tx, viewer: AuthenticatedViewer) => Promise<Result>,
    ): Promise<Result> => {
      const viewer = requireViewer(request.viewer);
      const scope = { tenantId: viewer.tenantId, token: request.token, patience: request };
      return hasWritten
        ? database.readPrimary(scope, (tx) => work(tx, viewer))
        : database.read(scope, (tx) => work(tx, viewer));
    };

    const change = async <State, Command>(wish: Change<State, Command>): Promise<Decided<State>> => {
      const { userId, tenantId, ...rest } = requireViewer(request.viewer);
      const { operation, input } = wish;
      const { results, token } = await wish.handle({
        tenantId,
        metadata: { actor: userId, ...request.origin },
        claim: claimOf({ scope: userId, operation, input, secret: claimSecret }),
        endsAtMs: request.endsAtMs,
        work: {
          commands: [
            {
              stream: wish.stream({ userId, tenantId, ...rest }),
              command: wish.command(userId, clock.now().toISOString()),
              expectedVersion: input.expectedVersion ?? undefined,
            },
          ],
        },
      });
      hasWritten = true;
      request.keepToken(token);
      const [decided] = results;
      if (!decided) throw new Error('A command had no outcome.');
      return decided;
    };

    return {
      ...request,
      ...handlers,
      change,
      notificationById: loader((ids) =>
        read((tx, { tenantId, userId }) => notificationsByIds(tx, tenantId, userId, ids)),
      ),
      deliveriesByNotification: loader((ids) =>
        read((tx, { tenantId, userId }) => deliveriesOf(tx, tenantId, userId, ids)),
      ),
      notificationPage: (args) =>
        read((tx, { tenantId, userId }) => notificationPage(tx, tenantId, { ...args, recipientId: userId })),
      inbox: () => read((tx, { tenantId, userId }) => inboxOf(tx, tenantId, userId)),
      preferences: () => read((tx, { tenantId, userId }) => preferencesOf(tx, tenantId, userId)),
      webhook: () => read((tx, { tenantId, userId }) => webhookOf(tx, tenantId, userId)),
      webhookRules,
      withWebhookRow: async (hookId, url, set) => {
        const { tenantId, userId } = requireViewer(request.viewer);
        const row = { tenantId, userId, hookId, url, createdAt: clock.now() };
        await database.write(tenantId, (tx) => writeWebhook(tx, row));
        try {
          return await set();
        } finally {
          await database.write(tenantId, (tx) => dropUnusedWebhook(tx, tenantId, hookId));
        }
      },
    };
  };
