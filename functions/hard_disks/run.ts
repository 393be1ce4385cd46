import type { Run } from '../../runtime/function/declaration.ts';
import { advance } from '../advance.ts';
import { frameOf, type HardDisksKernel, restoreState, startHardDisks, stateOf } from '../hard-disks/kernel.ts';
import { digestState } from '../hard-disks/state.ts';
import { amountsOf, kernelStepCost } from '../hard-disks/work.ts';
import type { hardDisks } from './declaration.ts';
import { joinCheckpoint, rowOf, splitCheckpoint, type ThermoRow } from './thermo.ts';
import { verdicts } from './verdicts.ts';

/** Cost between two looks at the signal, in disk steps: some 10 ms. */
const COST_A_SLICE = 700_000;

/** Runs the simulation on the kernel, in slices, and notes a row every so often. */
export const runHardDisks: Run<typeof hardDisks> = (parameters, context) => {
  const kernel = startHardDisks(context, parameters);
  const state = stateOf(kernel);
  const initialDigest = digestState(state);
  const rows = context.resumeFrom ? resume(kernel, context.resumeFrom) : [rowOf(kernel)];
  advance(
    context,
    {
      stepsDone: kernel.stepsDone,
      step: kernel.step,
      observables: () => observablesOf(kernel),
      capture: () => joinCheckpoint(state, rows),
      frame: () => frameOf(kernel, parameters),
    },
    {
      steps: parameters.steps,
      stepsASlice: COST_A_SLICE / kernelStepCost(parameters),
      recurring: [{ every: parameters.thermo_every, due: () => rows.push(rowOf(kernel)) }],
      trajectoryEvery: parameters.trajectory_every,
    },
  );
  if (rows.at(-1)!.step < parameters.steps) rows.push(rowOf(kernel));
  const positions = new Float64Array(kernel.memory.buffer, kernel.positions(), 2 * parameters.particles);
  const result = {
    particle_collisions: kernel.particleCollisions(),
    wall_collisions: kernel.wallCollisions(),
    kinetic_energy: kernel.kineticEnergy(),
    first_position: [positions[0]!, positions[1]!] satisfies [number, number],
    thermo: rows,
    initial_digest: initialDigest,
    digest: digestState(state),
    checks: verdicts(parameters, rows, positions),
  };
  return { result, amounts: amountsOf(parameters) };
};

/** Continues from a checkpoint; the rows until then. */
function resume(kernel: HardDisksKernel, checkpoint: Uint8Array): ThermoRow[] {
  const { state, rows } = splitCheckpoint(checkpoint, kernel.stateBytes());
  restoreState(kernel, state);
  return rows;
}

function observablesOf(kernel: HardDisksKernel) {
  const { step: _, ...observables } = rowOf(kernel);
  return observables;
}
