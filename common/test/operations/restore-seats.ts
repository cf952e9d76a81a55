/** A command `restored` of a service that there is not: what all of them have in common. Run by restored.test.ts. */
import { deadLettersInMongo } from '../../src/dead-letters/index.ts';
import { ticketCreated } from '../../src/events/index.ts';
import { NotRestored, restoredCommand } from '../../src/operations/index.ts';
import { brokerSettings, mongoSettings, readConfig } from '../../src/service/index.ts';
import { connectMongo } from '../../src/store/index.ts';

await restoredCommand({
  service: 'seats',
  events: [ticketCreated],
  about: '\nseats.',
  options: { fail: 'writes nothing' },
  settings: 'MONGO_URL, SHOP_MONGO_URL',
  readConfig: () =>
    readConfig({ ...mongoSettings, ...brokerSettings, SHOP_MONGO_URL: mongoSettings.MONGO_URL }),
  open: async ({ config, mongo, backupFrom, has, say }) => {
    const shop = await connectMongo(config.SHOP_MONGO_URL, 'long work');
    return {
      letters: { shop: deadLettersInMongo(shop) },
      async restore() {
        if (has('fail')) throw new NotRestored('There is nothing to take back.');
        await mongo.collection('seats').insertOne({ backupFrom });
        say('1 seat was missing.');
      },
      close: () => shop.close(),
    };
  },
});
