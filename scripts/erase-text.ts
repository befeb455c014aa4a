import type { Erasure, ErasurePlan } from '@saas/users';

/** What is left when the owner of the tables could not be asked, or was not allowed to change the log. */
export type Leftovers = {
  /** Events of before there were keys; undefined: nobody has looked. */
  readonly plainEvents: number | undefined;
  readonly rowsAside: number | undefined;
};

/** A plan for people. It names nobody. */
export const planLines = (plan: ErasurePlan, { plainEvents }: Leftovers): readonly string[] => [
  `${plan.userId} of ${plan.tenantId}${plan.role === null ? '' : `, ${plan.role}`}`,
  ...(plan.status === 'done' ? [`Erased already, on ${plan.before?.finishedAt ?? 'an unknown day'}.`] : []),
  ...(plan.status === 'begun' ? ['An erasure was begun and cut off. It would be finished.'] : []),
  ...(plan.isLastOwner ? ['WARNING: the last active owner; nobody can manage the tenant afterwards.'] : []),
  ...(plan.status === 'done'
    ? []
    : [
        'Would be erased: the keys of the account and of its invitations, name and address wherever they are read,',
        `  addresses that the account has had: ${plan.addresses.length}`,
        `  live sessions: ${plan.found.sessions}, remembered requests: ${plan.found.claims}, snapshots: ${plan.found.snapshots}`,
        'The others hear `user.erased` and forget what they keep.',
      ]),
  ...plainLines(plainEvents),
];

/** What was done. */
export const doneLines = (
  { erasure, isDoneBefore }: { readonly erasure: Erasure; readonly isDoneBefore: boolean },
  { plainEvents, rowsAside }: Leftovers,
): readonly string[] => {
  const { userId, outcome, requestedBy, finishedAt } = erasure;
  const { keys = 0, addresses = 0, sessions = 0, claims = 0, snapshots = 0 } = outcome ?? {};
  return [
    isDoneBefore
      ? `${userId} was erased already, by ${requestedBy} on ${finishedAt ?? ''}. Nothing was left to do.`
      : `${userId} is erased: ${keys} keys destroyed, ${addresses} addresses and claims freed, ${sessions} sessions ended, ${claims} remembered requests and ${snapshots} snapshots removed.`,
    ...(rowsAside === undefined
      ? [
          'Read models that are kept aside were not looked at: MIGRATION_USERS_SHARDS does not say who owns them.',
        ]
      : rowsAside > 0
        ? [`${rowsAside} rows of read models that are kept aside were cleaned.`]
        : []),
    ...plainLines(plainEvents),
  ];
};

/** The record of erasures, a line each. */
export const recordLines = (erasures: readonly Erasure[]): readonly string[] =>
  erasures.length === 0
    ? ['Nobody has been erased.']
    : erasures.map(
        ({ startedAt, userId, requestedBy, finishedAt }) =>
          `${startedAt}  ${userId}  ${requestedBy.padEnd(24)}  ${finishedAt === null ? 'not finished: run it again' : 'done'}`,
      );

const plainLines = (count: number | undefined): readonly string[] => {
  if (count === undefined)
    return [
      'Events of before there were keys were not looked at: MIGRATION_USERS_SHARDS does not say who owns them.',
    ];
  if (count === 0) return [];
  return [
    `${count} events of before there were keys hold personal data in plain text. No key opens or closes them:`,
    'only --rewrite-plain takes it out, which changes the log.',
  ];
};
