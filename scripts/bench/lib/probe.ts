/** Loaded into a process that is measured (`node --import`): tells its parent how late its event loop was. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import type { ProbeReport } from './role-process.ts';

/** A timer of one millisecond is what the delay is measured with; it is no delay itself. */
const INTERVAL_MS = 1;

if (isMainThread && process.send) {
  const histogram = monitorEventLoopDelay({ resolution: INTERVAL_MS });
  histogram.enable();
  const beyond = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - INTERVAL_MS);
  process.on('message', (message) => {
    if (message !== 'motes-bench-probe') return;
    process.send?.({
      delayP50Ms: beyond(histogram.percentile(50)),
      delayP99Ms: beyond(histogram.percentile(99)),
      delayMaxMs: beyond(histogram.max),
    } satisfies ProbeReport);
    histogram.reset();
  });
}
