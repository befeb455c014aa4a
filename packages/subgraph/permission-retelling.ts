import {
  authErrors,
  permissionChangeOfMessage,
  type AnnouncedChange,
  type PermissionChanges,
  type PermissionMessages,
} from '@saas/auth';

type Options = {
  /** The queue's name; permanent. */
  readonly queue: string;
  /** Of the service itself: what it announced of its own events. */
  readonly bindings: readonly { readonly topic: string; readonly pattern: string }[];
  readonly messages: PermissionMessages;
  readonly changes: Pick<PermissionChanges, 'publish'>;
};

/**
 * Tells a second time, when the announcement of a change comes back from the bus: for a process that died between the commit and
 * telling of it, and for changes that another process of the service has made, such as an operator's tool.
 *
 * Telling twice is telling once, so no receipt is kept. While nobody can be told, the bus keeps the message.
 */
export const permissionRetelling = ({ queue, bindings, messages, changes }: Options) => ({
  queue,
  bindings,
  /** @throws {AppError} `PERMISSION_CHANGE_UNTOLD`. */
  handle: async (message: AnnouncedChange): Promise<void> => {
    const change = permissionChangeOfMessage(messages, message);
    if (change && !(await changes.publish(change))) throw authErrors.PERMISSION_CHANGE_UNTOLD();
  },
});
