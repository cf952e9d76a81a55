/**
 * The service as `main.ts` runs it, but for one fail point, which only tests have: at the step that DIE_AT names, the
 * process kills itself; with DIE=later only after a SIGUSR2, where a story passes by that step on its way.
 */
import { runService } from '@ticketing/common/service';
import { payments } from '../src/app.ts';
import { readPaymentsConfig } from '../src/config.ts';
import { connectStripe } from '../src/stripe/connect-stripe.ts';

const dieAt = process.env.DIE_AT;
let isReadyToDie = process.env.DIE !== 'later';
process.on('SIGUSR2', () => {
  isReadyToDie = true;
});

await runService('payments', readPaymentsConfig, (deps, config) =>
  payments(deps, config, connectStripe(config), async (step) => {
    if (step !== dieAt || !isReadyToDie) return;
    process.kill(process.pid, 'SIGKILL');
    // The signal is on its way: nothing may happen any more.
    await new Promise(() => {});
  }),
);
