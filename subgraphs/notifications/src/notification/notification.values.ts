import type { StreamId } from '@saas/event-sourcing';
import { assertNever, type NotificationId, type ProjectId, type TaskId, type UserId } from '@saas/kernel';

/** What a notification can be about; permanent, for events and clients both carry it. */
export const notificationKinds = [
  'PROJECT_MEMBER_ADDED',
  'PROJECT_ROLE_CHANGED',
  'TASK_ASSIGNED',
  'TASK_COMPLETED',
  'ACCOUNT_SECURITY',
] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** The ways on which a notification can reach its recipient; permanent. */
export const notificationChannels = ['IN_APP', 'EMAIL', 'WEBHOOK'] as const;
export type NotificationChannel = (typeof notificationChannels)[number];

/** How long e-mails may be gathered, so that several go out as one; permanent. */
export const digestWindows = ['IMMEDIATELY', 'HOURLY', 'DAILY'] as const;
export type DigestWindow = (typeof digestWindows)[number];

/** What may have happened to an account that its owner must hear of. */
export const accountChanges = ['PASSWORD_CHANGED', 'EMAIL_CHANGED', 'SESSIONS_REVOKED'] as const;
export type AccountChange = (typeof accountChanges)[number];

/**
 * What a notification says: its kind, whom or what it is about, and the few words that its sentence needs.
 *
 * Permanent, as events are. `data` never holds more than texts that the recipient may see for ever.
 */
export type NotificationContent =
  | Content<'PROJECT_MEMBER_ADDED' | 'PROJECT_ROLE_CHANGED', Subject<'PROJECT', ProjectId>, { role: string }>
  | Content<'TASK_ASSIGNED' | 'TASK_COMPLETED', Subject<'TASK', TaskId>, { title: string }>
  | Content<'ACCOUNT_SECURITY', Subject<'USER', UserId>, { change: AccountChange }>;

export type NotificationSubject = NotificationContent['subject'];
export type NotificationData = NotificationContent['data'];

type Subject<Type extends string, Id> = { readonly type: Type; readonly id: Id };
type Content<Kind extends NotificationKind, Thing, Data> = {
  readonly kind: Kind;
  readonly subject: Thing;
  readonly data: Readonly<Data>;
};

/** One English sentence that says what happened. Who did it is shown beside it, by the actor's present name. */
export const titleOf = (content: Pick<NotificationContent, 'kind' | 'data'>): string => {
  const { kind, data } = content as NotificationContent;
  switch (kind) {
    case 'PROJECT_MEMBER_ADDED':
      return `You were added to a project as ${roleName(data.role)}.`;
    case 'PROJECT_ROLE_CHANGED':
      return `You are now ${roleName(data.role)} of a project.`;
    case 'TASK_ASSIGNED':
      return `The task “${data.title}” was assigned to you.`;
    case 'TASK_COMPLETED':
      return `The task “${data.title}” was completed.`;
    case 'ACCOUNT_SECURITY':
      return accountSentences[data.change];
    default:
      return assertNever(kind);
  }
};

const accountSentences: Readonly<Record<AccountChange, string>> = {
  PASSWORD_CHANGED: 'The password of your account was changed.',
  EMAIL_CHANGED: 'The e-mail address of your account was changed.',
  SESSIONS_REVOKED: 'Your account was signed out on one or more devices.',
};

/** `MAINTAINER` reads as `a maintainer`, `OWNER` as `an owner`. */
const roleName = (role: string): string => {
  const name = role.toLowerCase();
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
};

/** A notification's stream. */
export const notificationStream = (id: NotificationId): StreamId => `notification-${id}`;

/** The notification whose stream it is. */
export const notificationIdOf = (stream: StreamId): NotificationId =>
  stream.slice('notification-'.length) as NotificationId;
