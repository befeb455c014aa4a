import { defineErrors } from '@saas/kernel';

/** Why a read model is not rebuilt, switched or rolled back; the field `name` says which. */
export const projectionErrors = defineErrors({
  PROJECTION_UNKNOWN: {
    audience: 'operator',
    retryable: false,
    message: 'There is no read model of this name. `npm run projections -- list` shows them.',
  },
  PROJECTION_BUSY: {
    audience: 'operator',
    retryable: true,
    message: 'Somebody else is rebuilding or switching this read model at the moment.',
  },
  PROJECTION_NOT_BUILT: {
    audience: 'operator',
    retryable: false,
    message:
      'There is no finished candidate of this read model. Run `npm run projections -- rebuild NAME` first.',
  },
  PROJECTION_DIFFERS: {
    audience: 'operator',
    retryable: false,
    message:
      'The candidate differs from the running read model. Look at the differences; `--accept-differences` switches all the same.',
  },
  PROJECTION_NO_PREVIOUS: {
    audience: 'operator',
    retryable: false,
    message: 'There are no previous tables of this read model to go back to.',
  },
  PROJECTION_SHAPE_CHANGED: {
    audience: 'operator',
    retryable: false,
    message: 'The tables have changed their shape since these were made. Rebuild the read model.',
  },
  PROJECTION_MOVED: {
    audience: 'operator',
    retryable: true,
    message: 'Somebody else has moved this read model on meanwhile; nothing was applied twice.',
  },
  PROJECTION_IN_USE: {
    audience: 'operator',
    retryable: true,
    message: 'The tables were in use all the time; nothing was switched. Try again when there is less to do.',
  },
});
