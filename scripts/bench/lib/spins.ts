import type { BenchTask, Cluster } from './cluster.ts';
import { median } from './measure.ts';

/** A task of `noop` that takes so many milliseconds on a processor of which `spinsPerMs` are known. */
export function spinFor(id: string, ms: number, spinsPerMs: number, priority?: number): BenchTask {
  const parameters = { spins: Math.round(ms * spinsPerMs) };
  return { id, type: 'noop', parameters, ...(priority !== undefined && { priority }) };
}

const CALIBRATION_SPINS = 100_000_000;
const CALIBRATIONS = 5;

/**
 * Spins a millisecond when all slots of a cluster spin at once, as the workers themselves measure it; for each worker.
 * The orchestrator learns of the workers' speeds by it as well.
 */
export async function calibrate(cluster: Cluster): Promise<Map<string, number>> {
  const speeds = new Map<string, number[]>();
  for (let round = 0; round < CALIBRATIONS; round++) {
    const parameters = { spins: CALIBRATION_SPINS };
    const tasks = cluster.workers.map((_, index) => ({ id: `c${index}`, type: 'noop', parameters }));
    const run = await cluster.run(tasks);
    for (const { workerId, elapsedMs } of await cluster.measured(run)) {
      const known = speeds.get(workerId) ?? [];
      speeds.set(workerId, [...known, CALIBRATION_SPINS / elapsedMs]);
    }
  }
  return new Map([...speeds].map(([worker, values]) => [worker, median(values)]));
}
