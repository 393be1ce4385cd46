import { createHash } from 'node:crypto';
import type { InvocationContext } from '../../runtime/function/context.ts';
import type { Run } from '../../runtime/function/declaration.ts';
import { advance } from '../advance.ts';
import { joinParts, splitParts } from '../parts.ts';
import { bodiesIn } from './configuration-field.ts';
import type { GravityParameters, gravity } from './declaration.ts';
import { pairsOf, stepCost } from './estimates.ts';
import { frameOf, type GravityKernel, restoreState, snapshotOf, startGravity, stateOf } from './kernel.ts';
import { type Measurement, measurementOf, packMeasurements, rowOf, unpackMeasurements, virialRatio } from './rows.ts';
import { driftsOf, expectBound, expectFinite, verdicts } from './verdicts.ts';

/** Cost between two looks at the signal, in pair interactions: some 10 ms. */
const COST_A_SLICE = 5_000_000;

/** Runs the simulation on the kernel, in slices of a step or of many, and notes a row every so often. */
export const runGravity: Run<typeof gravity> = (parameters, context) => {
  const kernel = startGravity(context, parameters);
  const bodies = bodiesIn(parameters);
  const initialDigest = digestOf(kernel, bodies);
  const measurements = context.resumeFrom ? resume(kernel, context.resumeFrom) : begin(kernel, bodies, context);
  simulate(kernel, parameters, context, measurements);
  const mass = massOf(parameters);
  const drifts = driftsOf(measurements, mass);
  const thermo = measurements.map((measurement) => rowOf(measurement, parameters.timestep, mass));
  const last = thermo.at(-1)!;
  const result = {
    thermo,
    energy_drift: drifts.energy,
    momentum_drift: drifts.momentum,
    angular_momentum_drift: drifts.angular,
    virial_ratio: last.virial_ratio,
    half_mass_radius: last.lagrangian_radii[2],
    initial_digest: initialDigest,
    digest: digestOf(kernel, bodies),
    checks: verdicts(drifts, parameters.steps),
  };
  const { steps } = parameters;
  return { result, amounts: { steps, pair_interactions: (steps + 1) * pairsOf(bodies) } };
};

/** Computes the forces of the start, in slices too; its row. */
function begin(kernel: GravityKernel, bodies: number, { signal }: InvocationContext): Measurement[] {
  const tilesASlice = tilesASliceOf(kernel, bodies);
  while (!kernel.prepare(tilesASlice)) signal.throwIfAborted();
  const first = measurementOf(kernel);
  expectBound(first, first);
  return [first];
}

/** Continues from a checkpoint; the rows until then. */
function resume(kernel: GravityKernel, checkpoint: Uint8Array): Measurement[] {
  const [state, rows] = splitParts(checkpoint, 2);
  restoreState(kernel, state!);
  return unpackMeasurements(rows!);
}

function tilesASliceOf(kernel: GravityKernel, bodies: number): number {
  return Math.max(1, Math.floor((COST_A_SLICE / stepCost(bodies)) * kernel.tilesAStep()));
}

function simulate(
  kernel: GravityKernel,
  parameters: GravityParameters,
  context: InvocationContext,
  measurements: Measurement[],
): void {
  const takeRow = () => {
    const measurement = measurementOf(kernel);
    expectBound(measurement, measurements[0]!);
    measurements.push(measurement);
  };
  advance(
    context,
    {
      stepsDone: kernel.tilesDone,
      step: (tiles) => {
        kernel.step(tiles);
        expectFinite(kernel.kineticEnergy(), kernel.stepsDone());
      },
      observables: () => observablesOf(kernel, parameters, measurements.at(-1)!),
      capture: () => joinParts([stateOf(kernel), packMeasurements(measurements)]),
      frame: () => frameOf(kernel, parameters),
    },
    {
      steps: parameters.steps,
      stepsASlice: COST_A_SLICE / stepCost(bodiesIn(parameters)),
      partsAStep: kernel.tilesAStep(),
      recurring: [{ every: parameters.thermo_every, due: takeRow }],
      trajectoryEvery: parameters.trajectory_every,
    },
  );
  if (measurements.at(-1)!.step < parameters.steps) takeRow();
}

/** The kinetic energy is that of the last step, all else of the last row: it needs the sum over all pairs. */
function observablesOf(kernel: GravityKernel, parameters: GravityParameters, last: Measurement) {
  return {
    time: kernel.stepsDone() * parameters.timestep,
    kinetic_energy: kernel.kineticEnergy(),
    total_energy: last.kinetic + last.potential,
    virial_ratio: virialRatio(last, massOf(parameters)) ?? Number.NaN,
    half_mass_radius: last.radii[2],
  };
}

function massOf({ configuration }: GravityParameters): number {
  return configuration ? configuration.masses.reduce((sum, mass) => sum + mass, 0) : 1;
}

function digestOf(kernel: GravityKernel, bodies: number): string {
  return createHash('sha256').update(snapshotOf(kernel, bodies)).digest('hex');
}
