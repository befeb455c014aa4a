import type { ProvisionedService } from '@saas/local-stack';
import type { RegistrationParts } from '@saas/users';
import { founder, startUsersFor } from './users-service.ts';

/** The steps of a registration between which a process may die. */
export const registrationSteps = [
  'before reserve',
  'after reserve',
  'before append',
  'after append',
  'before confirm',
  'after confirm',
] as const;
export type RegistrationStep = (typeof registrationSteps)[number];

/** Kills this process, as the system would, when a registration comes to the step. */
const dyingAt =
  (step: RegistrationStep) =>
  ({ store, directory }: RegistrationParts): RegistrationParts => {
    const dieAt = (here: RegistrationStep) => {
      if (here === step) process.kill(process.pid, 'SIGKILL');
    };
    return {
      store: {
        ...store,
        append: async (append) => {
          dieAt('before append');
          const appended = await store.append(append);
          dieAt('after append');
          return appended;
        },
      },
      directory: {
        ...directory,
        reserve: async (reservation, claim) => {
          dieAt('before reserve');
          const outcome = await directory.reserve(reservation, claim);
          dieAt('after reserve');
          return outcome;
        },
        confirm: async (reservation, at) => {
          dieAt('before confirm');
          await directory.confirm(reservation, at);
          dieAt('after confirm');
        },
      },
    };
  };

/** Run as a program: `node dying-registration.js <step> <e-mail>`, with the shards in DYING_SHARDS. */
const [, program, step, email] = process.argv;
if (program?.endsWith('dying-registration.js') && email !== undefined) {
  const shards = JSON.parse(process.env['DYING_SHARDS'] ?? '[]') as ProvisionedService['shards'];
  const { services } = await startUsersFor(shards, { around: dyingAt(step as RegistrationStep) });
  await services.register(founder(email));
  throw new Error('This process was to die earlier.');
}
