/** Starts a NATS Streaming in a container, with the docker of the PATH and its data in the folder given. */
import { catalogue, startNatsStreaming } from '../../engines/index.ts';

const [dataDir = ''] = process.argv.slice(2);
const { name, container } = catalogue['nats-streaming-server'];
await startNatsStreaming({ dataDir, located: { name, ...container, origin: 'container' } });
