import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningRabbitMq } from '@saas/local-stack';

/** What a private RabbitMQ was started with; its own tools need the same. */
export const brokerEnvironment = async ({
  pid,
}: Pick<RunningRabbitMq, 'pid'>): Promise<Record<string, string>> => {
  const pairs = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').map((each) => each.split('='));
  return Object.fromEntries(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
};

/**
 * RabbitMQ writes the register of its quorum queues about a second after it has declared one. A lone node that is killed
 * before that has a queue it can never serve again; in a cluster the other nodes know better.
 */
export const isQueueOnDisk = async (
  broker: Pick<RunningRabbitMq, 'pid'>,
  queue: string,
): Promise<boolean> => {
  const { RABBITMQ_MNESIA_BASE: base = '', RABBITMQ_NODENAME: node = '' } = await brokerEnvironment(broker);
  return (await readFile(join(base, node, 'quorum', node, 'names.dets'))).includes(queue);
};
