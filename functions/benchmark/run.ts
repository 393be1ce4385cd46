import type { InvocationContext } from '../../runtime/function/context.ts';
import type { Run } from '../../runtime/function/declaration.ts';
import type { HardDiskParameters } from '../hard-disks/parameters.ts';
import { digestState } from '../hard-disks/state.ts';
import { amountsOf, pairsOf } from '../hard-disks/work.ts';
import type { benchmark } from './declaration.ts';
import {
  collideRows,
  type Disks,
  frameOf,
  kineticEnergy,
  moveDisks,
  packDisks,
  startDisks,
  unpackDisks,
} from './simulation.ts';

/** Pair checks between two looks at the signal: some 10 ms. */
const PAIRS_A_SLICE = 5_000_000;

/** Runs the simulation step by step. */
export const runBenchmark: Run<typeof benchmark> = (parameters, context) => {
  const start = startDisks(parameters);
  const initialDigest = digestState(packDisks(start));
  const disks = context.resumeFrom ? unpackDisks(context.resumeFrom, parameters.particles) : start;
  const stepsASlice = Math.max(1, Math.floor(PAIRS_A_SLICE / (pairsOf(parameters.particles) + 1)));
  while (disks.steps < parameters.steps) {
    const goal = Math.min(disks.steps + stepsASlice, parameters.steps);
    context.signal.throwIfAborted();
    while (disks.steps < goal) step(disks, parameters, context);
    context.checkpoint(() => packDisks(disks));
    context.frame(() => frameOf(disks, parameters));
    context.progress(disks.steps, parameters.steps, observe(disks));
  }
  const result = {
    ...observe(disks),
    first_position: [disks.x[0]!, disks.y[0]!] satisfies [number, number],
    initial_digest: initialDigest,
    digest: digestState(packDisks(disks)),
  };
  return { result, amounts: amountsOf(parameters) };
};

/** One step. With very many disks even one takes long, so the signal is looked at within it too. */
function step(disks: Disks, parameters: HardDiskParameters, context: InvocationContext): void {
  const rowsASlice = Math.ceil(PAIRS_A_SLICE / parameters.particles);
  moveDisks(disks, parameters);
  for (let row = 0; row < parameters.particles; row += rowsASlice) {
    if (row > 0) context.signal.throwIfAborted();
    collideRows(disks, parameters, row, Math.min(row + rowsASlice, parameters.particles));
  }
  disks.steps++;
}

function observe(disks: Disks) {
  return {
    particle_collisions: disks.particleCollisions,
    wall_collisions: disks.wallCollisions,
    kinetic_energy: kineticEnergy(disks),
  };
}
