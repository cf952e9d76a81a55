/** A member of a queue group in a process of its own; see `Broker.hold`. */
import { type Address, connectTo } from './address.ts';

const { address, queueGroup, type }: { address: Address; queueGroup: string; type: string } = JSON.parse(
  process.argv[2] ?? '',
);
process.once('disconnect', () => process.exit());

const bus = await connectTo(address, 'holding-member');
await bus.subscribe({
  queueGroup,
  types: [type],
  async handle({ message }) {
    process.send?.({ holds: (message as { id: string }).id });
    await new Promise(() => {});
  },
  giveUp: async () => {},
});
process.send?.({ ready: true });
