import { defineErrors, type TenantId } from '@saas/kernel';

/** A key that seals what is recorded about one person. 256 bits. */
export type SubjectKey = { readonly keyId: string; readonly secret: Buffer };

/** Names a key that something was sealed with. */
export type KeyName = { readonly tenantId: TenantId; readonly keyId: string };

/** What became of a key; the secret, while there is one. */
export type KeptKey = { readonly status: 'live'; readonly secret: Buffer } | { readonly status: 'destroyed' };

export const subjectKeyErrors = defineErrors({
  SUBJECT_KEY_MISSING: {
    audience: 'operator',
    retryable: false,
    message:
      'Personal data is sealed with a key that was never here and was never destroyed: a table is not restored, or not moved.',
  },
  SUBJECT_KEY_UNREADABLE: {
    audience: 'operator',
    retryable: false,
    message:
      'A key cannot be unwrapped by the key of the settings: it was wrapped by another one, or changed.',
  },
  PERSONAL_DATA_UNREADABLE: {
    audience: 'operator',
    retryable: false,
    message:
      'Sealed personal data does not open with its own key: it was changed, or moved from where it was sealed.',
  },
});

/**
 * Keeps a key for each person of a tenant. Whoever destroys it makes everything sealed with it unreadable, wherever copies
 * of it lie.
 *
 * Every adapter must pass `describeSubjectKeysContract`.
 */
export type SubjectKeys = {
  /** The live key of each subject, made where there is none. Of rivals who make one, all get the same. */
  forSubjects(tenantId: TenantId, subjects: readonly string[]): Promise<ReadonlyMap<string, SubjectKey>>;

  /**
   * What became of each key, by its id. Of any number of tenants.
   *
   * @throws {AppError} `SUBJECT_KEY_MISSING` for one that was never made here, `SUBJECT_KEY_UNREADABLE`.
   */
  find(names: readonly KeyName[]): Promise<ReadonlyMap<string, KeptKey>>;

  /** The name under which a subject's keys are kept. Without the secret of the settings it says nothing of the subject. */
  pseudonymOf(subject: string): string;

  /**
   * Destroys the live keys of these subjects in every tenant, for good. A subject may get a new key afterwards, which opens
   * nothing of what was sealed before.
   *
   * @param pseudonyms as `pseudonymOf` gives them, so that whoever resumes needs not know the subjects.
   * @returns how many keys there were.
   */
  destroy(pseudonyms: readonly string[]): Promise<number>;
};
