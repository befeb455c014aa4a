import { connect, type ConfirmChannel } from 'amqplib';

/** A bare channel beside the bus, for tests that do what the bus never would. Ended by `close`. */
export const openRawChannel = async (
  url: string,
): Promise<{ readonly channel: ConfirmChannel; close(): Promise<void> }> => {
  const model = await connect(url);
  model.on('error', () => undefined);
  const channel = await model.createConfirmChannel();
  channel.on('error', () => undefined);
  return { channel, close: () => model.close() };
};
