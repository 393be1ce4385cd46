import { Worker } from 'node:worker_threads';
import type { ThreadData } from './thread-messages.ts';

/** How a slot starts its threads. */
export interface ThreadOptions {
  readonly url: URL;
  readonly data: Omit<ThreadData, 'control'>;
  /** The JavaScript heap that a thread may have, in MiB. */
  readonly heapMib: number;
  /** The one folder that a thread may read: where its own program is. */
  readonly readableFolder: string;
}

/** Starts a thread that can do nothing but compute. */
export function startThread(options: ThreadOptions, control: SharedArrayBuffer): Worker {
  return new Worker(options.url, {
    workerData: { ...options.data, control } satisfies ThreadData,
    // Not the process's own: tokens stand in its environment.
    env: {},
    // No network, no processes, no threads, no files but the program: a function needs none of them. SQLite goes its own
    // way to the disk, past the permissions.
    execArgv: ['--permission', `--allow-fs-read=${options.readableFolder}`, '--no-experimental-sqlite'],
    resourceLimits: { maxOldGenerationSizeMb: options.heapMib },
  });
}
