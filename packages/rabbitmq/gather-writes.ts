import { Socket } from 'node:net';
import type { ChannelModel } from 'amqplib';

/**
 * Lets what is written in one turn of the event loop leave together. amqplib writes each message, and each acknowledgement,
 * by itself; under load that is most of what they cost.
 */
export const gatherWrites = ({ connection }: ChannelModel): void => {
  const socket: unknown = Reflect.get(connection, 'stream');
  if (!(socket instanceof Socket)) return;
  const write = socket.write.bind(socket) as (...given: readonly unknown[]) => boolean;
  let isGathering = false;
  const gathered = (...given: readonly unknown[]): boolean => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      process.nextTick(() => {
        isGathering = false;
        socket.uncork();
      });
    }
    return write(...given);
  };
  Object.defineProperty(socket, 'write', { value: gathered });
};
