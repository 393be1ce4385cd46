import { createHash } from 'node:crypto';
import type { InvocationContext } from '../../runtime/function/context.ts';
import type { Run } from '../../runtime/function/declaration.ts';
import type { Frame } from '../../runtime/function/frame.ts';
import { advance } from '../advance.ts';
import {
  expectDone,
  type Fluid,
  type LennardJonesKernel,
  restoreState,
  stateOf,
  thermostats,
  vectorsAt,
} from '../lennard-jones/kernel.ts';
import { joinParts, splitParts } from '../parts.ts';
import type { LennardJonesParameters, lennardJones } from './declaration.ts';
import { stepCost } from './estimates.ts';
import { MEASUREMENT_PARTS, Measurement } from './measurement.ts';
import { observablesOf, resultOf } from './result.ts';
import { layOutStart, SEGMENT } from './start.ts';
import { momentumOf, verdicts } from './verdicts.ts';
import { expectCalm, expectConserved } from './watch.ts';

/** Cost between two looks at the signal, in atom steps: some 10 ms. */
const COST_A_SLICE = 100_000;

/** Steps between two looks at whether the atoms have gone wild, besides those at every row. */
const STEPS_A_LOOK = 100;

/** The unit of length, at which two atoms neither attract nor repel each other: how wide an atom looks. */
const SIGMA = 1;

/** Runs the simulation on the kernel, in slices: an equilibration, then the production. */
export const runLennardJones: Run<typeof lennardJones> = (parameters, context) => {
  const { kernel, fluid } = layOutStart(context, parameters);
  const initialDigest = digestOf(kernel, fluid);
  const initialMomentum = momentumOf(kernel, fluid);
  const measurement = new Measurement(kernel, fluid, parameters.rdf_bins);
  if (context.resumeFrom) resume(kernel, parameters, measurement, context.resumeFrom);
  else begin(kernel, parameters, measurement);
  simulate(context, parameters, fluid, kernel, measurement);
  const result = {
    ...resultOf(parameters, fluid, measurement),
    precision: parameters.precision,
    initial_digest: initialDigest,
    digest: digestOf(kernel, fluid),
    checks: verdicts(parameters, fluid, measurement, initialMomentum, momentumOf(kernel, fluid)),
  };
  const steps = totalSteps(parameters);
  return { result, amounts: { steps, particle_steps: steps * fluid.particles } };
};

function totalSteps({ equilibration_steps, steps }: LennardJonesParameters): number {
  return equilibration_steps + steps;
}

function begin(kernel: LennardJonesKernel, parameters: LennardJonesParameters, measurement: Measurement): void {
  setThermostat(kernel, parameters, 0);
  expectDone(kernel.start());
  measurement.takeRow();
  if (parameters.equilibration_steps === 0) measurement.beginProduction();
}

function resume(
  kernel: LennardJonesKernel,
  parameters: LennardJonesParameters,
  measurement: Measurement,
  checkpoint: Uint8Array,
): void {
  const [state, ...measured] = splitParts(checkpoint, 1 + MEASUREMENT_PARTS);
  restoreState(kernel, state!);
  setThermostat(kernel, parameters, kernel.stepsDone());
  measurement.restore(measured);
}

/** Has the thermostat work from `step` on, or not. */
function setThermostat(kernel: LennardJonesKernel, parameters: LennardJonesParameters, step: number): void {
  const { ensemble, equilibration_steps, thermostat, temperature, relaxation_time, seed } = parameters;
  const isHeld = ensemble === 'nvt' || step < equilibration_steps;
  const kind = thermostats.indexOf(isHeld ? thermostat : 'none');
  expectDone(kernel.setThermostat(kind, temperature, relaxation_time, seed));
}

function simulate(
  context: InvocationContext,
  parameters: LennardJonesParameters,
  fluid: Fluid,
  kernel: LennardJonesKernel,
  measurement: Measurement,
): void {
  const [first] = measurement.rows;
  const takeRow = () => expectConserved(measurement.takeRow(), first!, fluid);
  const beginProduction = (step: number) => {
    if (step !== parameters.equilibration_steps) return;
    setThermostat(kernel, parameters, step);
    measurement.beginProduction();
    context.log(`equilibrated: averages are taken from step ${step} on`);
  };
  expectConserved(first!, first!, fluid);
  advance(
    context,
    {
      stepsDone: kernel.stepsDone,
      step: (steps) => advanceCalmly(kernel, steps, measurement, fluid),
      observables: () => observablesOf(parameters, fluid, measurement.rows.at(-1)!),
      capture: () => joinParts([stateOf(kernel), ...measurement.capture()]),
      frame: () => frameOf(kernel, fluid),
    },
    {
      steps: totalSteps(parameters),
      stepsASlice: COST_A_SLICE / (fluid.particles * stepCost(parameters)),
      checkpointEvery: SEGMENT,
      recurring: [
        { every: STEPS_A_LOOK, due: () => expectCalm(kernel, first!, fluid) },
        { every: parameters.thermo_every, due: takeRow },
        { every: parameters.equilibration_steps, due: beginProduction },
      ],
      trajectoryEvery: parameters.trajectory_every,
    },
  );
  if (measurement.rows.at(-1)!.step < totalSteps(parameters)) takeRow();
}

/** Atoms that run wild may need more memory than there is: then that is what is to be said. */
function advanceCalmly(kernel: LennardJonesKernel, steps: number, { rows }: Measurement, fluid: Fluid): void {
  const code = kernel.step(steps);
  if (code === 0) return;
  expectCalm(kernel, rows[0]!, fluid);
  expectDone(code);
}

function digestOf(kernel: LennardJonesKernel, { particles }: Fluid): string {
  const hash = createHash('sha256');
  for (const address of [kernel.positions(), kernel.velocities()])
    hash.update(new Uint8Array(kernel.memory.buffer, address, 24 * particles));
  return hash.digest('hex');
}

/** Views of the kernel's memory, as an instant of the simulation; positions are unwrapped. */
function frameOf(kernel: LennardJonesKernel, { particles, box, timestep }: Fluid): Frame {
  const step = kernel.stepsDone();
  return {
    ...{ step, time: step * timestep, box, periodic: [true, true, true], dimensions: 3, diameter: SIGMA },
    positions: vectorsAt(kernel, kernel.positions(), particles),
    velocities: vectorsAt(kernel, kernel.velocities(), particles),
  };
}
