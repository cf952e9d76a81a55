/** For `node --import`: ticketing.dev is where the ingress of the cluster is, whatever the machine's names say. */
import dns from 'node:dns';

const address = process.env.INGRESS_ADDRESS || '127.0.0.1';
const { lookup } = dns;

/** @param {Parameters<typeof lookup>} args */
const lookupHere = (...args) => {
  const [name, ...rest] = args;
  return Reflect.apply(lookup, dns, [name === 'ticketing.dev' ? address : name, ...rest]);
};
dns.lookup = /** @type {typeof lookup} */ (/** @type {unknown} */ (lookupHere));
