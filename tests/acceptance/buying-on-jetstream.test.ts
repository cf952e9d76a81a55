import { describeBuying } from '../support/buying.ts';

describeBuying('buying a ticket over JetStream', { transport: 'jetstream' });
