import { beforeAll, describe, expect, it } from '@jest/globals';
import { newTenantId, testClock, type TenantId } from '@saas/kernel';
import type { SubjectKeys } from '../subject-keys.port.ts';

/** What every keeper of subject keys promises. */
export const describeSubjectKeysContract = (name: string, open: () => Promise<SubjectKeys>): void => {
  describe(name, () => {
    let keys: SubjectKeys;
    let made = 0;
    const freshTenant = (): TenantId => newTenantId(testClock());
    const freshSubject = (): string => `subject-${process.pid}-${(made += 1)}`;
    const keyOf = async (tenantId: TenantId, subject: string) => {
      const key = (await keys.forSubjects(tenantId, [subject])).get(subject);
      if (!key) throw new Error('A subject was given no key.');
      return key;
    };
    beforeAll(async () => {
      keys = await open();
    });

    it('gives a subject the same key every time, of 256 bits, and each subject its own', async () => {
      const tenantId = freshTenant();
      const [ada, bob] = [freshSubject(), freshSubject()];
      const both = await keys.forSubjects(tenantId, [ada, bob, ada]);
      expect([...both.keys()].toSorted()).toEqual([ada, bob].toSorted());
      expect(await keyOf(tenantId, ada)).toEqual(both.get(ada));
      expect(both.get(ada)?.secret).toHaveLength(32);
      expect(both.get(ada)?.secret).not.toEqual(both.get(bob)?.secret);
    });

    it('makes one key for a subject, however many ask for it at once', async () => {
      const tenantId = freshTenant();
      const subject = freshSubject();
      const asked = await Promise.all(Array.from({ length: 8 }, () => keyOf(tenantId, subject)));
      expect(new Set(asked.map(({ keyId }) => keyId)).size).toBe(1);
    });

    it('keeps the keys of one subject in two tenants apart', async () => {
      const subject = freshSubject();
      const [one, other] = [await keyOf(freshTenant(), subject), await keyOf(freshTenant(), subject)];
      expect(one.keyId).not.toBe(other.keyId);
      expect(one.secret).not.toEqual(other.secret);
    });

    it('finds keys of several tenants by their ids', async () => {
      const [here, there] = [freshTenant(), freshTenant()];
      const [one, other] = [await keyOf(here, freshSubject()), await keyOf(there, freshSubject())];
      const found = await keys.find([
        { tenantId: here, keyId: one.keyId },
        { tenantId: there, keyId: other.keyId },
        { tenantId: here, keyId: one.keyId },
      ]);
      expect(found.get(one.keyId)).toEqual({ status: 'live', secret: one.secret });
      expect(found.get(other.keyId)).toEqual({ status: 'live', secret: other.secret });
      expect(await keys.find([])).toEqual(new Map());
    });

    it('shows no tenant the keys of another, nor any key that was never made', async () => {
      const { keyId } = await keyOf(freshTenant(), freshSubject());
      const missing = expect.objectContaining({ code: 'SUBJECT_KEY_MISSING' });
      await expect(keys.find([{ tenantId: freshTenant(), keyId }])).rejects.toEqual(missing);
      const unknown = '00000000-0000-4000-8000-000000000000';
      await expect(keys.find([{ tenantId: freshTenant(), keyId: unknown }])).rejects.toEqual(missing);
    });

    it('destroys a key for good, in every tenant, and says how many there were', async () => {
      const [here, there] = [freshTenant(), freshTenant()];
      const [ada, bob] = [freshSubject(), freshSubject()];
      const [one, other, bobs] = [await keyOf(here, ada), await keyOf(there, ada), await keyOf(here, bob)];
      expect(await keys.destroy([keys.pseudonymOf(ada)])).toBe(2);
      expect(await keys.destroy([keys.pseudonymOf(ada)])).toBe(0);
      const found = await keys.find([
        { tenantId: here, keyId: one.keyId },
        { tenantId: there, keyId: other.keyId },
        { tenantId: here, keyId: bobs.keyId },
      ]);
      expect([one, other, bobs].map(({ keyId }) => found.get(keyId)?.status)).toEqual([
        'destroyed',
        'destroyed',
        'live',
      ]);
    });

    it('gives a subject that comes back a new key', async () => {
      const tenantId = freshTenant();
      const subject = freshSubject();
      const before = await keyOf(tenantId, subject);
      await keys.destroy([keys.pseudonymOf(subject)]);
      const after = await keyOf(tenantId, subject);
      expect(after.keyId).not.toBe(before.keyId);
      expect(after.secret).not.toEqual(before.secret);
    });

    it('tells nothing of a subject by its pseudonym', () => {
      const subject = 'mailto:ada@example.com';
      expect(keys.pseudonymOf(subject)).toBe(keys.pseudonymOf(subject));
      expect(keys.pseudonymOf(subject)).not.toBe(keys.pseudonymOf('mailto:bob@example.com'));
      expect(keys.pseudonymOf(subject)).not.toContain('ada');
    });
  });
};
