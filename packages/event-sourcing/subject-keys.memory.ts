import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { TenantId } from '@saas/kernel';
import { subjectKeyErrors, type KeptKey, type SubjectKey, type SubjectKeys } from './subject-keys.port.ts';

type Row = { readonly tenantId: TenantId; readonly keyId: string; pseudonym?: string; secret?: Buffer };

/** Real keys that are forgotten on exit. Used by unit tests; held to the same contract as the others. */
export const memorySubjectKeys = (): SubjectKeys => {
  const rows = new Map<string, Row>();
  const pseudonymOf = (subject: string): string => createHash('sha256').update(subject).digest('base64url');
  const keyOf = (tenantId: TenantId, subject: string): SubjectKey => {
    const pseudonym = pseudonymOf(subject);
    for (const row of rows.values()) {
      const isIts = row.tenantId === tenantId && row.pseudonym === pseudonym;
      if (isIts && row.secret) return { keyId: row.keyId, secret: row.secret };
    }
    const made = { keyId: randomUUID(), secret: randomBytes(32) };
    rows.set(made.keyId, { ...made, tenantId, pseudonym });
    return made;
  };

  return {
    pseudonymOf,
    forSubjects: async (tenantId, subjects) =>
      new Map(subjects.map((subject) => [subject, keyOf(tenantId, subject)])),
    find: async (names) =>
      new Map(
        names.map(({ tenantId, keyId }): [string, KeptKey] => {
          const row = rows.get(keyId);
          if (row?.tenantId !== tenantId) throw subjectKeyErrors.SUBJECT_KEY_MISSING({ keyId });
          return [keyId, row.secret ? { status: 'live', secret: row.secret } : { status: 'destroyed' }];
        }),
      ),
    async destroy(pseudonyms) {
      const doomed = [...rows.values()].filter(({ pseudonym }) => pseudonyms.includes(pseudonym ?? ''));
      for (const row of doomed) {
        delete row.pseudonym;
        delete row.secret;
      }
      return doomed.length;
    },
  };
};
