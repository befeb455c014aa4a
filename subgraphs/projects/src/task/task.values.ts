import { isProse, isVisibleLine, type Brand } from '@saas/kernel';
import { taskErrors } from './task.errors.ts';

export type TaskTitle = Brand<'TaskTitle'>;
export type TaskDescription = Brand<'TaskDescription'>;

/** How far a task is that is not done. */
export const OPEN_TASK_STATUSES = ['TODO', 'IN_PROGRESS', 'IN_REVIEW'] as const;
export type OpenTaskStatus = (typeof OPEN_TASK_STATUSES)[number];
export type TaskStatus = OpenTaskStatus | 'DONE';

const TITLE_LENGTH_MAX = 200;
const DESCRIPTION_LENGTH_MAX = 10_000;

/**
 * A title fit to show: trimmed, 1 to 200 characters that show something on one line.
 *
 * @throws {AppError} `TASK_TITLE_INVALID`, with the bound.
 */
export const parseTaskTitle = (raw: string): TaskTitle => {
  const title = raw.trim();
  if (isVisibleLine(title, TITLE_LENGTH_MAX)) return title as TaskTitle;
  throw taskErrors.TASK_TITLE_INVALID({ field: 'title', lengthMax: TITLE_LENGTH_MAX });
};

/**
 * A description of at most 10,000 characters, trimmed; null when nothing is left. Lines end in `\n`, however they came.
 *
 * @throws {AppError} `TASK_DESCRIPTION_INVALID`, with the bound.
 */
export const parseTaskDescription = (raw: string | null | undefined): TaskDescription | null => {
  const description = raw?.replaceAll('\r\n', '\n').trim() ?? '';
  if (description === '') return null;
  if (isProse(description, DESCRIPTION_LENGTH_MAX)) return description as TaskDescription;
  throw taskErrors.TASK_DESCRIPTION_INVALID({ field: 'description', lengthMax: DESCRIPTION_LENGTH_MAX });
};
