import { text } from '@saas/config';

/** The gateway's settings for faults on purpose, under its prefix. */
export const chaosSettings = {
  CHAOS_SOCKET: text()
    .optional()
    .describe(
      'A Unix socket to make and listen on for `npm run chaos`; `npm start` makes one in DATA_DIR. None unless set.',
    ),
};
