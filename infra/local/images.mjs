/**
 * `node infra/local/images.mjs`: the images there are, as a JSON list, for the workflow that builds them.
 */
import { namesOf } from './services.mjs';
import { isMain } from './setup.mjs';

/**
 * @typedef {object} Image
 * @property {string} image its name, after `ticketing/`
 * @property {'service' | 'client'} file its Dockerfile in infra/docker
 * @property {string} [service] the workspace it runs: SERVICE of its Dockerfile
 * @property {string} [also] the workspace it needs beside `common`: ALSO of its Dockerfile
 */

/** @type {readonly Image[]} */
export const images = [
  ...namesOf().map((name) => ({ image: name, file: /** @type {const} */ ('service'), service: name })),
  { image: 'client', file: 'client' },
  { image: 'stripe', file: 'service', service: 'infra/local/stripe', also: 'infra/local' },
  // A job (infra/k8s/components/reconcile), built as a service is.
  { image: 'reconcile', file: 'service', service: 'reconcile' },
];

if (isMain(import.meta.url)) process.stdout.write(`${JSON.stringify(images)}\n`);
