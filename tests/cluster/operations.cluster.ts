/** What docs/operations.md tells an operator to type, typed. */
import { expect, it } from '@jest/globals';
import { namesOf } from '@ticketing/local/services';
import { kubectl } from './support/cluster.ts';

const beside = (service: string, ...command: string[]) =>
  kubectl('exec', `deploy/${service}`, '--', 'node', ...command);
const operations = (service: string, ...args: string[]) =>
  beside(service, '/app/common/dist/operations/main.js', ...args);

it.each(namesOf({ broker: true }))(
  'an operator sees the dead letters of %s, of which there are none',
  async (service) => {
    expect(await operations(service, 'dead-letters', 'list')).toBe('No dead letters.\n');
  },
);

it.each(['tickets', 'orders', 'payments'])(
  'an operator has %s say again what it said lately',
  async (service) => {
    expect(await operations(service, 'republish', '--since', '30m')).toMatch(
      /^\w+: \d+ will be published again$/m,
    );
  },
);

it('an operator repairs what Stripe, payments and orders do not agree on', async () => {
  expect(await beside('payments', 'dist/repair.js', '--help')).toContain('Usage: repair');
});

it('an operator looks at what people reported', async () => {
  expect(await beside('community', 'dist/operate.js', 'reports')).toMatch(
    /^(Nothing is reported|\d+ open reports)\.$/m,
  );
});
