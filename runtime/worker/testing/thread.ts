/** A function thread with the functions of the tests. */
import { parentPort, workerData } from 'node:worker_threads';
import { Invoker } from '../invoker.ts';
import type { ThreadData } from '../thread-messages.ts';
import { testWork } from './functions.ts';

new Invoker(testWork, parentPort!, workerData as ThreadData).serve();
