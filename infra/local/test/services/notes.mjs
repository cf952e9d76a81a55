/**
 * A service small enough for tests of what runs services: it keeps notes in its database, and says how it was
 * started. POST /api/tickets keeps a note, GET gives them all back; GET /api/tickets/die makes it crash.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { MongoClient } from 'mongodb';

const {
  HOST,
  PORT,
  MONGO_URL = '',
  NAME = 'notes',
  REFUSE_TO_START,
  START_ANOTHER,
  NEVER_READY,
} = process.env;
const log = (/** @type {string} */ msg, /** @type {object} */ more = {}, level = 30) =>
  process.stdout.write(`${JSON.stringify({ level, time: Date.now(), service: NAME, msg, ...more })}\n`);

if (REFUSE_TO_START) {
  log('I have a reason not to start', {}, 60);
  process.exit(3);
}
if (START_ANOTHER) {
  const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  log('I have started another', { another: pid });
}
const client = new MongoClient(MONGO_URL);
const notes = client.db().collection('notes');

const server = createServer(async (request, response) => {
  if (request.url === '/readyz') {
    response.writeHead(NEVER_READY ? 503 : 200).end(NEVER_READY ? 'not yet' : 'ready');
  } else if (request.url === '/api/tickets/die') {
    log(
      'something unthinkable',
      { err: { type: 'Error', message: 'unthinkable', stack: 'Error: unthinkable\n    at here' } },
      60,
    );
    process.exit(7);
  } else if (request.method === 'POST') {
    const note = await text(request);
    await notes.insertOne({ note }, { writeConcern: { w: 'majority', j: true } });
    response.writeHead(201).end(note);
  } else {
    const all = await notes.find().sort({ _id: 1 }).toArray();
    const { headers } = request;
    const { env, pid } = process;
    response.end(JSON.stringify({ notes: all.map(({ note }) => note), pid, env, headers }));
  }
});
await client.connect();
server.listen(Number(PORT), HOST, () => log('ready', { port: Number(PORT) }));

process.once('SIGTERM', () => {
  log('stopping');
  server.close(async () => {
    await client.close();
    log('stopped');
    process.exit(0);
  });
  server.closeIdleConnections();
});
