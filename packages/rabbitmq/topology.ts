import type { Channel, ChannelModel } from 'amqplib';

/**
 * How often a quorum queue delivers a message before it drops it. RabbitMQ 4 drops after 20 unless told otherwise, and
 * nothing may be lost; -1, its word for never, is refused by RabbitMQ 3.
 */
const DELIVERIES_MAX = 2_147_483_647;

/** A durable topic exchange. */
export const assertTopic = async (channel: Channel, topic: string): Promise<void> => {
  await channel.assertExchange(topic, 'topic', { durable: true });
};

/** A replicated queue. Its arguments can never change: a queue that exists with others is refused. */
export const assertQuorumQueue = async (
  channel: Channel,
  queue: string,
  extra: Readonly<Record<string, string | number | boolean>> = {},
): Promise<void> => {
  const quorum = { 'x-queue-type': 'quorum', 'x-delivery-limit': DELIVERIES_MAX };
  await channel.assertQueue(queue, { durable: true, arguments: { ...quorum, ...extra } });
};

/** A channel of its own for declarations: RabbitMQ answers a refusal by closing the channel. */
export const withChannel = async (
  model: ChannelModel,
  work: (channel: Channel) => Promise<void>,
): Promise<void> => {
  const channel = await model.createChannel();
  // The refusal is told by the call that was refused; without a listener it would end the process.
  channel.on('error', () => undefined);
  await work(channel);
  await channel.close();
};
