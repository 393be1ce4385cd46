import { createHash } from 'node:crypto';
import type { Run } from '../../runtime/function/declaration.ts';
import type { Frame } from '../../runtime/function/frame.ts';
import type { Check } from '../../runtime/wire/check.ts';
import { advance } from '../advance.ts';
import { checkAtMost } from '../checks.ts';
import { type BrownianParameters, type BrownianResult, type brownian, stepCost } from './declaration.ts';
import { type Bin, histogram, largestDeviation } from './distribution.ts';
import { type BrownianKernel, restoreState, samplesOf, startBrownian, stateOf } from './kernel.ts';

/** Cost between two looks at the signal, in pairs of normal numbers: some 10 ms. */
const COST_A_SLICE = 200_000;

/**
 * The most that chance is allowed, in standard deviations. Beyond 6 are 2 normal numbers in 10⁹, and beyond 7 less than
 * 10⁻⁸ of the counts of a bin that expects 25 or more, so of all sound results, with up to 1000 rows, fewer than one in
 * 100 000 is called suspect.
 */
const MAX_DEVIATION = 6;
const MAX_BIN_DEVIATION = 7;

/** Runs the simulation on the kernel, in slices. */
export const runBrownian: Run<typeof brownian> = (parameters, context) => {
  const kernel = startBrownian(context, parameters);
  const initialDigest = digestOf(kernel, parameters);
  if (context.resumeFrom) restoreState(kernel, context.resumeFrom);
  advance(
    context,
    {
      stepsDone: kernel.stepsDone,
      step: kernel.step,
      observables: () => observablesOf(kernel, parameters),
      capture: () => stateOf(kernel).slice(),
      frame: () => frameOf(kernel, parameters),
    },
    {
      steps: parameters.steps,
      stepsASlice: COST_A_SLICE / stepCost(parameters),
      trajectoryEvery: parameters.trajectory_every,
    },
  );
  const rows = displacements(kernel, parameters);
  const { bins, outside } = histogram(kernel, parameters);
  const result = {
    msd: rows,
    ...diffusionOf(rows.at(-1)!, parameters),
    kinetic_temperature: parameters.model === 'underdamped' ? parameters.mass * kernel.meanSquareVelocity() : null,
    distribution: bins,
    outside,
    initial_digest: initialDigest,
    digest: digestOf(kernel, parameters),
    checks: checksOf(kernel, parameters, rows, bins),
  };
  return { result, amounts: { steps: parameters.steps, particle_steps: parameters.steps * parameters.particles } };
};

function observablesOf(kernel: BrownianKernel, { dimensions, timestep }: BrownianParameters) {
  return { time: kernel.stepsDone() * timestep, msd: dimensions * kernel.meanSquarePosition() };
}

function digestOf(kernel: BrownianKernel, parameters: BrownianParameters): string {
  const { positions, velocities } = frameOf(kernel, parameters);
  const hash = createHash('sha256').update(positions);
  if (velocities) hash.update(velocities);
  return hash.digest('hex');
}

/** The particles at this moment: views, valid until the next step. */
function frameOf(kernel: BrownianKernel, { particles, dimensions, model, timestep }: BrownianParameters): Frame {
  const column = (address: number) => new Float64Array(kernel.memory.buffer, address, particles * dimensions);
  const step = kernel.stepsDone();
  return {
    ...{ step, time: step * timestep, box: null, periodic: [false, false, false], dimensions },
    positions: column(kernel.positions()),
    velocities: model === 'underdamped' ? column(kernel.velocities()) : null,
  };
}

type DisplacementRow = BrownianResult['msd'][number];

function displacements(kernel: BrownianKernel, parameters: BrownianParameters): DisplacementRow[] {
  const { particles, dimensions, timestep } = parameters;
  const samples = samplesOf(parameters);
  const sums = new Float64Array(kernel.memory.buffer, kernel.rows(), 2 * samples);
  return Array.from({ length: samples }, (_, row) => {
    const step = kernel.stepOfSample(row + 1);
    const msd = sums[2 * row]! / particles;
    const variance = Math.max(0, sums[2 * row + 1]! / particles - msd * msd);
    return {
      step,
      time: step * timestep,
      msd,
      standard_error: Math.sqrt(variance / (particles - 1)),
      theory: dimensions * kernel.varianceAfter(step),
    };
  });
}

/** D = kT/γ times what the displacement exceeds theory by; a mean of n squares of normal numbers has an error of √(2/n). */
function diffusionOf(
  last: DisplacementRow,
  { temperature, friction, potential, particles, dimensions }: BrownianParameters,
) {
  const einstein = temperature / friction;
  const measured = potential === 'free' ? einstein * (last.msd / last.theory) : null;
  return {
    diffusion_coefficient: measured,
    diffusion_coefficient_error: measured && measured * Math.sqrt(2 / (particles * dimensions)),
    einstein,
  };
}

/** Every row against the sum of squares that theory says it is, the bins, and the velocities where there are any. */
function checksOf(
  kernel: BrownianKernel,
  { particles, dimensions, model, steps }: BrownianParameters,
  rows: readonly DisplacementRow[],
  bins: readonly Bin[],
): Check[] {
  const freedoms = particles * dimensions;
  const deviations = rows.map(({ msd, theory }) => Math.abs(kernel.deviation(msd / theory, freedoms)));
  const checks = [
    checkAtMost('msd_deviation', Math.max(...deviations), MAX_DEVIATION),
    checkAtMost('distribution_deviation', largestDeviation(bins, freedoms), MAX_BIN_DEVIATION),
  ];
  if (model === 'underdamped') {
    const ratio = kernel.meanSquareVelocity() / kernel.velocityVarianceAfter(steps);
    checks.push(checkAtMost('velocity_deviation', kernel.deviation(ratio, freedoms), MAX_DEVIATION));
  }
  return checks;
}
