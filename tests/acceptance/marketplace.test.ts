import { describeMarketplace } from '../support/marketplace.ts';
import { systemOfFile } from '../support/system-of-file.ts';

describeMarketplace(systemOfFile({ holdSeconds: 8 }));
