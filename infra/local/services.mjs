/**
 * The one list of services: services.json. What can read it is derived from it; what is written by hand, because a tool
 * wants it so (package.json, skaffold.yaml, manifests), is compared with it by infra/k8s/test/services.test.ts.
 * `npm run new:service` adds one to all of them.
 */
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Service
 * @property {string} name of its folder, its workspace `@ticketing/…`, its image, its Deployment and its database
 * @property {'mongo' | 'redis'} store what keeps its data: a MongoDB of its own, or the one Redis
 * @property {boolean} broker whether it publishes or handles events
 * @property {string[]} paths the public ones that lead to it; none for a service that answers nobody
 *
 * Ports are not in it: in a cluster each service listens on 3000, on one machine on any free port.
 */

/** @type {readonly Service[]} */
export const services = JSON.parse(readFileSync(new URL('../../services.json', import.meta.url), 'utf8'));

/**
 * The names of those that are as described; of all without a description.
 *
 * @param {{ store?: Service['store'], broker?: boolean, public?: boolean }} [described]
 * @returns {string[]}
 */
export const namesOf = ({ store, broker, public: isPublic } = {}) =>
  services
    .filter((service) => store === undefined || service.store === store)
    .filter((service) => broker === undefined || service.broker === broker)
    .filter((service) => isPublic === undefined || service.paths.length > 0 === isPublic)
    .map(({ name }) => name);
