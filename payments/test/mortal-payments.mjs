/**
 * The service as `main.ts` runs it, compiled, but for one fail point, which only tests have: at the step that DIE_AT names,
 * the process kills itself; with DIE=later only after a SIGUSR2, where a story passes by that step on its way.
 */
import { runService } from '@ticketing/common/service';

/** @param {string} file of what is compiled, which is not there for the compiler yet */
const compiled = (file) => import(new URL(`../dist/${file}`, import.meta.url).href);

/** @type {typeof import('../src/app.ts')} */
const { payments } = await compiled('app.js');
/** @type {typeof import('../src/config.ts')} */
const { readPaymentsConfig } = await compiled('config.js');
/** @type {typeof import('../src/stripe/connect-stripe.ts')} */
const { connectStripe } = await compiled('stripe/connect-stripe.js');

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
