import type { Run } from '../../runtime/function/declaration.ts';
import { advance } from '../advance.ts';
import { frameOf, type HardDisksKernel, restoreState, startHardDisks, stateOf } from '../hard-disks/kernel.ts';
import { digestState } from '../hard-disks/state.ts';
import { amountsOf, kernelStepCost } from '../hard-disks/work.ts';
import type { benchmarkWasm } from './declaration.ts';

/** Cost between two looks at the signal, in disk steps: some 10 ms. */
const COST_A_SLICE = 700_000;

/** Runs the simulation on the kernel, in slices. */
export const runBenchmarkWasm: Run<typeof benchmarkWasm> = (parameters, context) => {
  const kernel = startHardDisks(context, parameters);
  const state = stateOf(kernel);
  const initialDigest = digestState(state);
  if (context.resumeFrom) restoreState(kernel, context.resumeFrom);
  advance(
    context,
    {
      stepsDone: kernel.stepsDone,
      step: kernel.step,
      observables: () => observablesOf(kernel),
      capture: () => state.slice(),
      frame: () => frameOf(kernel, parameters),
    },
    { steps: parameters.steps, stepsASlice: COST_A_SLICE / kernelStepCost(parameters) },
  );
  const [x, y] = new Float64Array(kernel.memory.buffer, kernel.positions(), 2);
  const result = {
    ...observablesOf(kernel),
    first_position: [x!, y!] satisfies [number, number],
    initial_digest: initialDigest,
    digest: digestState(state),
  };
  return { result, amounts: amountsOf(parameters) };
};

function observablesOf(kernel: HardDisksKernel) {
  return {
    particle_collisions: kernel.particleCollisions(),
    wall_collisions: kernel.wallCollisions(),
    kinetic_energy: kernel.kineticEnergy(),
  };
}
