import { undeclaredEvents } from '@saas/event-sourcing';
import { openServiceStore } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-notifications';
import { echoSubscription, effectRows } from './echo.ts';
import { hastySubscription } from './plants.ts';
import { complain, endWithParent, openBus, ownSettings, report } from './process-settings.ts';

/** A program: does what messages ask for, as a service would. */
const main = async (): Promise<void> => {
  endWithParent();
  const settings = ownSettings();
  const { plant, shards, topic, queue } = settings;
  const bus = await openBus('history-consumer', settings);
  const kept = await openServiceStore<Prisma.TransactionClient>({
    service: 'notifications',
    shards,
    lagMsMax: 1_000,
    createClient: (adapter) => new PrismaClient({ adapter }),
    readModels: { inline: [effectRows], asynchronous: [] },
    codec: undeclaredEvents,
    bus,
    relayIdleMs: 1_000,
    onError: complain,
  });
  const subscription = echoSubscription({
    store: kept.store,
    topic,
    queue,
    keepsReceipts: plant !== 'no receipts',
    onHeard: (how, count) => report({ type: 'heard', how, count }),
  });
  const isHasty = plant === 'acknowledged before it is handled';
  await kept.listen(isHasty ? hastySubscription(subscription) : subscription);
  report({ type: 'ready' });
};

await main();
