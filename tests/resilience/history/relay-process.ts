import { undeclaredEvents } from '@saas/event-sourcing';
import { openServiceStore } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { hastyBus, startCursorRelay } from './plants.ts';
import { complain, endWithParent, openBus, ownSettings, report } from './process-settings.ts';

/** A program: carries the announcements of the source away, as its service would. */
const main = async (): Promise<void> => {
  endWithParent();
  const settings = ownSettings();
  const { plant, shards } = settings;
  const opened = await openBus('history-relay', settings);
  const bus = plant === 'marked as sent before it is confirmed' ? hastyBus(opened) : opened;
  const kept = await openServiceStore<Prisma.TransactionClient>({
    service: 'projects',
    shards,
    lagMsMax: 1_000,
    createClient: (adapter) => new PrismaClient({ adapter }),
    readModels: { inline: [], asynchronous: [] },
    codec: undeclaredEvents,
    bus,
    relayIdleMs: 50,
    onError: complain,
  });
  if (plant === 'a cursor over the sequence')
    for (const shard of kept.database.shardNames()) startCursorRelay(kept.database, shard, bus);
  else kept.startRelays();
  report({ type: 'ready' });
};

await main();
