import { runService } from '@ticketing/common/service';
import { payments } from './app.ts';
import { readPaymentsConfig } from './config.ts';
import { connectStripe } from './stripe/connect-stripe.ts';

await runService('payments', readPaymentsConfig, (deps, config) =>
  payments(deps, config, connectStripe(config)),
);
