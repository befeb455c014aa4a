import { isProse, isVisibleLine, type Brand, type UserId } from '@saas/kernel';
import { projectErrors } from './project.errors.ts';

export type ProjectName = Brand<'ProjectName'>;
export type ProjectDescription = Brand<'ProjectDescription'>;

/** What a member may do in a project, the most first. */
export const PROJECT_ROLES = ['OWNER', 'MAINTAINER', 'MEMBER', 'VIEWER'] as const;
export type ProjectRole = (typeof PROJECT_ROLES)[number];

/** Who acts, with the role in the tenant that the signed identity of the request vouches for. */
export type Actor = { readonly userId: UserId; readonly tenantRole: 'OWNER' | 'ADMIN' | 'MEMBER' };

const NAME_LENGTH_MAX = 80;
const DESCRIPTION_LENGTH_MAX = 2_000;

/**
 * A name fit to show: trimmed, 1 to 80 characters that show something on one line.
 *
 * @throws {AppError} `PROJECT_NAME_INVALID`, with the bound.
 */
export const parseProjectName = (raw: string): ProjectName => {
  const name = raw.trim();
  if (isVisibleLine(name, NAME_LENGTH_MAX)) return name as ProjectName;
  throw projectErrors.PROJECT_NAME_INVALID({ field: 'name', lengthMax: NAME_LENGTH_MAX });
};

/**
 * A description of at most 2,000 characters, trimmed; null when nothing is left. Lines end in `\n`, however they came.
 *
 * @throws {AppError} `PROJECT_DESCRIPTION_INVALID`, with the bound.
 */
export const parseProjectDescription = (raw: string | null | undefined): ProjectDescription | null => {
  const description = raw?.replaceAll('\r\n', '\n').trim() ?? '';
  if (description === '') return null;
  if (isProse(description, DESCRIPTION_LENGTH_MAX)) return description as ProjectDescription;
  throw projectErrors.PROJECT_DESCRIPTION_INVALID({
    field: 'description',
    lengthMax: DESCRIPTION_LENGTH_MAX,
  });
};
