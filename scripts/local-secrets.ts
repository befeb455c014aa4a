import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generateSigningKey } from '@saas/auth';

/** What the parts of a local system share with each other and with nobody else. */
export type LocalSecrets = {
  readonly tokenPrivateKey: string;
  readonly claimSecret: string;
  readonly invitationSecret: string;
  readonly contactsKey: string;
  readonly webhookKey: string;
  readonly identityKeys: Readonly<Record<'users' | 'projects' | 'notifications', string>>;
};

/**
 * Secrets made by chance at the first start and kept in `path`, readable by their owner alone, so that sessions and
 * invitations outlive a restart.
 */
export const localSecrets = async (path: string): Promise<LocalSecrets> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const known = text === undefined ? {} : (JSON.parse(text) as Partial<LocalSecrets>);
  const fresh: LocalSecrets = {
    tokenPrivateKey: generateSigningKey().privateKeyPem,
    claimSecret: random(),
    invitationSecret: random(),
    contactsKey: random(),
    webhookKey: random(),
    identityKeys: { users: random(), projects: random(), notifications: random() },
  };
  // What a former version made stays; what it did not know yet is added.
  const secrets = { ...fresh, ...known };
  if (Object.keys(fresh).every((name) => name in known)) return secrets;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(secrets, undefined, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return secrets;
};

const random = (): string => randomBytes(32).toString('base64url');
