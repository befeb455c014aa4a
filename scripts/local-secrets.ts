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
  readonly personalDataKey: string;
  readonly identityKeys: Readonly<Record<'users' | 'projects' | 'notifications', string>>;
};

/**
 * Secrets made by chance at the first start and kept in `path`, readable by their owner alone, so that sessions,
 * invitations and sealed names outlive a restart.
 */
export const localSecrets = async (path: string): Promise<LocalSecrets> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Secrets that are there but cannot be read must not be written over: data is lost with them.
    if (error.code !== 'ENOENT') throw error;
    return '{}';
  });
  const known = JSON.parse(text) as Partial<LocalSecrets>;
  const secrets = { ...freshSecrets(), ...known };
  // An earlier release knew fewer of them.
  const isWhole = Object.keys(secrets).every((name) => name in known);
  if (!isWhole) await keep(path, secrets);
  return secrets;
};

const keep = async (path: string, secrets: LocalSecrets): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(secrets, undefined, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
};

const freshSecrets = (): LocalSecrets => ({
  tokenPrivateKey: generateSigningKey().privateKeyPem,
  claimSecret: random(),
  invitationSecret: random(),
  contactsKey: random(),
  webhookKey: random(),
  personalDataKey: random(),
  identityKeys: { users: random(), projects: random(), notifications: random() },
});

const random = (): string => randomBytes(32).toString('base64url');
