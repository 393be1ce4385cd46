import type { BenchTask, Cluster } from './cluster.ts';
import { median } from './measure.ts';
import type { RoleProcess } from './role-process.ts';

/** A task of `noop` that takes so many milliseconds on a processor of which `spinsPerMs` are known. */
export function spinFor(id: string, ms: number, spinsPerMs: number, priority?: number): BenchTask {
  const parameters = { spins: Math.round(ms * spinsPerMs) };
  return { id, type: 'noop', parameters, ...(priority !== undefined && { priority }) };
}

const CALIBRATION_SPINS = 100_000_000;
const CALIBRATIONS = 5;

/**
 * Spins a millisecond of each worker, in their order, while all of them spin at once and as they measure it themselves.
 * They are asked directly: the orchestrator would send a slow worker nothing that a fast one ends sooner.
 */
export function calibrate(cluster: Cluster): Promise<number[]> {
  return Promise.all(cluster.workers.map(spinsPerMs));
}

async function spinsPerMs({ url }: RoleProcess): Promise<number> {
  const body = JSON.stringify({ type: 'noop', parameters: { spins: CALIBRATION_SPINS } });
  const speeds: number[] = [];
  for (let round = 0; round < CALIBRATIONS; round++) {
    const answer = await fetch(`${url}/invoke`, { method: 'POST', body });
    const { measured } = (await answer.json()) as { measured: { elapsed_ms: number } };
    speeds.push(CALIBRATION_SPINS / measured.elapsed_ms);
  }
  return median(speeds);
}
