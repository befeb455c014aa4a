import { defineErrors } from '@saas/kernel';

export const deadLetterErrors = defineErrors({
  LETTER_BEHIND_ANOTHER: {
    audience: 'operator',
    retryable: false,
    message: 'This message waits behind an earlier one of its stream. Replay or drop that one first.',
  },
  LETTER_UNKNOWN: {
    audience: 'operator',
    retryable: false,
    message: 'No such message is parked. It may have been handled meanwhile.',
  },
  LETTER_AMBIGUOUS: {
    audience: 'operator',
    retryable: false,
    message: 'Several consumers have parked this message. Say which one by --consumer.',
  },
  LETTER_AFTER_GAP: {
    audience: 'operator',
    retryable: false,
    message:
      'Earlier messages of this stream have not arrived yet; dropping this one would skip them for ever. Drop it with --skip-missing when they are lost.',
  },
});
