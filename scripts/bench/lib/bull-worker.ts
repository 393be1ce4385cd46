/** A worker process of the peer BullMQ: answers at once, as `noop` does. */
import { Worker } from 'bullmq';

const [port, concurrency] = process.argv.slice(2);
const worker = new Worker('bench', async () => ({ ok: true }), {
  connection: { host: '127.0.0.1', port: Number(port) },
  concurrency: Number(concurrency),
});
await worker.waitUntilReady();
process.send?.('ready');
