/** A function thread: what the pool starts for every slot. */
import { parentPort, workerData } from 'node:worker_threads';
import { work } from '../../functions/work.ts';
import { Invoker } from './invoker.ts';
import type { ThreadData } from './thread-messages.ts';

if (!parentPort) throw new Error('thread.ts is started by the pool - run `motes worker` instead');
new Invoker(work, parentPort, workerData as ThreadData).serve();
