/** What the demo is made of. Every address ends in `.example`, which belongs to nobody (RFC 2606). */
export const demoTenants = [
  { name: 'Northwind Robotics', domain: 'northwind.example' },
  { name: 'Lumen Health', domain: 'lumen.example' },
  { name: 'Harbor & Pine Studio', domain: 'harborpine.example' },
] as const;

export const USERS_PER_TENANT = 20;
export const PROJECTS_PER_TENANT = 40;
export const TASKS_PER_PROJECT = 25;
export const MEMBERS_PER_PROJECT = 5;

const FIRST_NAMES =
  'Ada Grace Linus Margaret Alan Barbara Dennis Frances Edsger Radia Ken Hedy Tim Sophie Niklaus Katherine Donald Joan Vint Annie';
const LAST_NAMES =
  'Okafor Lindqvist Moreau Tanaka Alvarez Novak Haddad Byrne Sharma Costa Weber Nakamura Eriksen Silva Kowalski Mensah Rossi Petrov Dubois Yilmaz';

/** The person at `index` of the tenant at `tenant`; the first of each is its owner. */
export const demoPerson = (tenant: number, index: number) => {
  const first = pick(FIRST_NAMES.split(' '), index + tenant * 7);
  const last = pick(LAST_NAMES.split(' '), index * 3 + tenant * 5);
  const domain = pick(demoTenants, tenant).domain;
  return { name: `${first} ${last}`, email: `${first.toLowerCase()}@${domain}` };
};

const AREAS =
  'Billing,Onboarding,Search,Mobile app,Data platform,Design system,Customer portal,Payments,Reporting,Identity';
const GOALS = 'rewrite,launch,migration to the new stack,quality sprint';

/** `Billing rewrite`, `Search launch` … 40 of them without a repetition. */
export const demoProjectName = (index: number): string => {
  const areas = AREAS.split(',');
  return `${pick(areas, index)} ${pick(GOALS.split(','), Math.floor(index / areas.length))}`;
};

const VERBS = 'Draft,Review,Fix,Measure,Document,Prototype,Test,Simplify,Roll out,Remove';
const THINGS =
  'the sign-up form,retry behaviour,the nightly export,access rules,the invoice template,slow dashboard queries,error messages,the release checklist,keyboard navigation,the old endpoint,alert thresholds,the onboarding e-mail';

/** `Fix the nightly export`, and so on. */
export const demoTaskTitle = (index: number): string =>
  `${pick(VERBS.split(','), index)} ${pick(THINGS.split(','), index * 5 + Math.floor(index / 10))}`;

/** The element at `index`, counted round and round. */
export const pick = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
};
