import { findRabbitMqBinary, startRabbitMq } from '@saas/local-stack';
import { memoryMessageBus, type MessageBus } from '@saas/messaging';
import { rabbitMqMessageBus } from '@saas/rabbitmq';

export type Transport = {
  readonly name: string;
  readonly bus: MessageBus;
  readonly close: () => Promise<void>;
};

const memory = async (): Promise<Transport> => ({
  name: 'memory',
  bus: memoryMessageBus(),
  close: async () => undefined,
});

/** Undefined on a machine without RabbitMQ: its rows are left out. */
const rabbitMq = async (): Promise<Transport | undefined> => {
  if ((await findRabbitMqBinary()) === undefined) return undefined;
  const broker = await startRabbitMq();
  const bus = await rabbitMqMessageBus({
    url: broker.url,
    name: 'bench',
    onFailure: (error) => console.error(error),
  });
  return {
    name: 'RabbitMQ',
    bus,
    close: async () => {
      await bus.close();
      await broker.stop();
    },
  };
};

/** Each opens a bus that nobody else uses. */
export const transports = [memory, rabbitMq];
