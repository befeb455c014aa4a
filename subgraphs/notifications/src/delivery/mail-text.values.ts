import { titleOf, type NotificationContent } from '../notification/notification.values.ts';

type Told = Pick<NotificationContent, 'kind' | 'data'>;

/** What a mail lists at most; of the rest it says how many there are. */
export const LISTED_MAX = 50;

/**
 * Subject and text of the mail about one notification or, as a digest, several.
 *
 * @param told the first {@link LISTED_MAX} of them.
 * @param total how many there are.
 */
export const mailTextOf = (
  name: string,
  told: readonly Told[],
  total: number,
): { readonly subject: string; readonly text: string } => {
  const titles = told.map((each) => onOneLine(titleOf(each)));
  const [only = ''] = titles;
  const subject = total === 1 ? only : `${total} notifications`;
  const listed = total === 1 ? [only] : titles.map((title) => `- ${title}`);
  const rest = total - titles.length;
  const lines = [
    `Hello ${onOneLine(name)},`,
    '',
    ...listed,
    ...(rest > 0 ? [`and ${rest} more.`] : []),
    '',
    'Your notification preferences say what comes by e-mail, and how often.',
  ];
  return { subject, text: `${lines.join('\n')}\n` };
};

/** Titles and names are others' words: nothing in them may begin a line of its own. */
const onOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
