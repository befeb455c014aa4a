import type { ProvisionedService } from '@saas/local-stack';
import { rabbitMqMessageBus, type RabbitMqMessageBus } from '@saas/rabbitmq';
import type { Plant } from './plants.ts';

/** What a process of ours is told when it starts. Plain data, handed over in HISTORY_PROCESS. */
export type ProcessSettings = {
  readonly shards: ProvisionedService['shards'];
  readonly brokerUrl: string;
  readonly topic: string;
  readonly queue: string;
  /** The bug it has, if it is to have one. */
  readonly plant?: Plant | undefined;
};

/** What a process of ours says: that it works, or how deliveries ended. */
export type ProcessReport =
  { readonly type: 'ready' } | { readonly type: 'heard'; readonly how: string; readonly count: number };

export const ownSettings = (): ProcessSettings =>
  JSON.parse(process.env['HISTORY_PROCESS'] ?? '{}') as ProcessSettings;

/** Says it to whoever started us, without whom there is no reason to go on. */
export const report = (said: ProcessReport): void => {
  if (process.connected) process.send?.(said, () => undefined);
};

/** Ends this process when the one that started it is gone. */
export const endWithParent = (): void => {
  process.on('disconnect', () => process.exit());
};

export const complain = (error: unknown, what: string): void => console.error(what, error);

export const openBus = (name: string, { brokerUrl }: ProcessSettings): Promise<RabbitMqMessageBus> =>
  rabbitMqMessageBus({
    url: brokerUrl,
    name,
    onFailure: (error, message, queue) => complain(error, `${queue} ${message?.stream} ${message?.sequence}`),
    onUnroutable: ({ id }) => complain(id, 'No queue wanted'),
    log: { info: () => undefined, warn: (fields, text) => console.error(text, fields) },
  });
