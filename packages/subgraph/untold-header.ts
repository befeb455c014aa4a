import { UNTOLD, UNTOLD_HEADER, type PermissionChanges } from '@saas/auth';
import type { FastifyInstance } from 'fastify';

/** Says on every answer that there are changes of rights which could not be told yet, for as long as there are. */
export const untoldHeader = (app: FastifyInstance, changes: Pick<PermissionChanges, 'isAllTold'>): void => {
  app.addHook('onSend', async (_request, reply) => {
    if (!changes.isAllTold()) void reply.header(UNTOLD_HEADER, UNTOLD);
  });
};
