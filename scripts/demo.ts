import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@saas/local-stack';
import {
  demoPerson,
  demoTenants,
  PROJECTS_PER_TENANT,
  TASKS_PER_PROJECT,
  USERS_PER_TENANT,
} from './demo-content.ts';
import { DEMO_PASSWORD, DEMO_VERSION } from './demo-context.ts';
import { seedPeople } from './demo-people.ts';
import { seedProjects } from './demo-projects.ts';
import { seedTasks } from './demo-tasks.ts';
import type { LocalSystem } from './local-system.ts';
import type { Progress } from './progress.ts';

/** Who may sign in to have a look: the owner of the first tenant. */
export const demoAccount = { email: demoPerson(0, 0).email, password: DEMO_PASSWORD };

/**
 * Fills the system through its own write side, once: 3 tenants, 60 users, 120 projects, 3,000 tasks, and what the
 * notifications service makes of it. A seeding that was cut off is taken up where it ended.
 *
 * @param dataDir where it is noted that the demo is complete.
 */
export const seedDemo = async (
  { users, projects, notifications }: Pick<LocalSystem, 'users' | 'projects' | 'notifications'>,
  dataDir: string,
  show: Progress,
): Promise<void> => {
  const marker = join(dataDir, 'demo-version.txt');
  const seeded = await readFile(marker, 'utf8').catch(() => '');
  if (seeded.trim() === String(DEMO_VERSION)) return;

  const people = demoTenants.length * USERS_PER_TENANT;
  const tenants = await show.step(`Demo: ${people} people`, (report) =>
    seedPeople(users.services, (made) => report(`${made}/${people}`)),
  );
  const total = demoTenants.length * PROJECTS_PER_TENANT;
  const perTenant = await show.step(`Demo: ${total} projects`, async (report) => {
    let made = 0;
    const count = (more: number) => report(`${(made += more)}/${total}`);
    return Promise.all(
      tenants.map(async (tenant) => ({
        tenant,
        projects: await seedProjects(projects.services, tenant, count),
      })),
    );
  });
  const tasks = total * TASKS_PER_PROJECT;
  await show.step(`Demo: ${tasks} tasks`, async (report) => {
    let made = 0;
    const count = (more: number) => report(`${(made += more)}/${tasks}`);
    await Promise.all(
      perTenant.map(({ tenant, projects: own }) => seedTasks(projects.services, tenant, own, count)),
    );
  });
  await show.step('Demo: notifications', (report) =>
    waitUntilHeard([users, projects, notifications], report),
  );
  await writeFile(marker, `${DEMO_VERSION}\n`);
};

type Announcing = { readonly waitingAnnouncements: () => Promise<number> };

const waitUntilHeard = (services: readonly Announcing[], report: (text: string) => void): Promise<true> =>
  waitUntil(
    'every announcement has been heard',
    async () => {
      const waiting = await Promise.all(services.map((service) => service.waitingAnnouncements()));
      const left = waiting.reduce((sum, each) => sum + each, 0);
      report(`${left} announcements to hear`);
      return left === 0;
    },
    { timeoutMs: 120_000, intervalMs: 100 },
  );
