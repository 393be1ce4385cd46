import { createHash } from 'node:crypto';
import type { Run } from '../../runtime/function/declaration.ts';
import type { Frame } from '../../runtime/function/frame.ts';
import type { Check } from '../../runtime/wire/check.ts';
import { advance } from '../advance.ts';
import { checkAtMost } from '../checks.ts';
import { collisionCost, type EdmdParameters, type hardDisksEdmd } from './declaration.ts';
import { type EdmdKernel, restoreState, snapshotOf, startEdmd, stateOf } from './kernel.ts';
import { blocksOf, compressibility, henderson, type Mark, standardError } from './measurement.ts';

/** Cost between two looks at the signal, in events: some 10 ms. */
const COST_A_SLICE = 30_000;

/** Runs the simulation on the kernel, in slices of collisions. */
export const runHardDisksEdmd: Run<typeof hardDisksEdmd> = (parameters, context) => {
  const kernel = startEdmd(context, parameters);
  const initialDigest = digestOf(kernel);
  if (context.resumeFrom) restoreState(kernel, context.resumeFrom);
  const collisions = parameters.equilibration_steps + parameters.steps;
  advance(
    context,
    {
      stepsDone: kernel.stepsDone,
      step: kernel.step,
      observables: () => observablesOf(kernel),
      capture: () => stateOf(kernel).slice(),
      frame: () => frameOf(kernel, parameters),
    },
    {
      steps: collisions,
      stepsASlice: COST_A_SLICE / collisionCost(parameters),
      trajectoryEvery: parameters.trajectory_every,
    },
  );
  const result = {
    collisions: kernel.stepsDone(),
    time: kernel.time(),
    width: kernel.width(),
    height: kernel.height(),
    ...pressureOf(kernel, parameters),
    kinetic_energy: kernel.kineticEnergy(),
    initial_digest: initialDigest,
    digest: digestOf(kernel),
    checks: checksOf(kernel, parameters),
  };
  return { result, amounts: { collisions } };
};

function observablesOf(kernel: EdmdKernel) {
  return { time: kernel.time(), virial: kernel.virial(), kinetic_energy: kernel.kineticEnergy() };
}

function digestOf(kernel: EdmdKernel): string {
  return createHash('sha256').update(snapshotOf(kernel)).digest('hex');
}

/** The disks at the last collision: views, valid until the next. */
function frameOf(kernel: EdmdKernel, { particles }: EdmdParameters): Frame {
  const snapshot = kernel.snapshot();
  const column = (from: number) => new Float64Array(kernel.memory.buffer, from, 2 * particles);
  return {
    ...{ step: kernel.stepsDone(), time: kernel.time(), dimensions: 2, diameter: 1 },
    ...{ box: [kernel.width(), kernel.height(), 1], periodic: [true, true, false] },
    ...{ positions: column(snapshot), velocities: column(snapshot + 16 * particles) },
  };
}

/** Z over the whole measurement, its error by blocks, and what theory says. */
function pressureOf(kernel: EdmdKernel, { particles, temperature, steps, packing_fraction }: EdmdParameters) {
  const marks = marksOf(kernel, blocksOf(steps));
  const end = { time: kernel.time(), virial: kernel.virial() };
  const blocks = marks.slice(1).map((mark, block) => compressibility(marks[block]!, mark, particles, temperature));
  const z = compressibility(marks[0]!, end, particles, temperature);
  const expected = henderson(packing_fraction);
  return {
    compressibility: z,
    compressibility_error: standardError(blocks),
    henderson: expected,
    relative_deviation: z / expected - 1,
    pressure: (z * particles * temperature) / (kernel.width() * kernel.height()),
  };
}

function marksOf(kernel: EdmdKernel, blocks: number): Mark[] {
  const numbers = new Float64Array(kernel.memory.buffer, kernel.marks(), 2 * (blocks + 1));
  return Array.from({ length: blocks + 1 }, (_, mark) => ({
    time: numbers[2 * mark]!,
    virial: numbers[2 * mark + 1]!,
  }));
}

/**
 * A collision's roundings change energy and momentum by some 1e-16 of the disks' own, a disk's time and place are
 * rounded by some 1e-13 diameters in the longest flights: the bounds leave these, and nothing that is a mistake.
 */
function checksOf(kernel: EdmdKernel, { particles, temperature }: EdmdParameters): Check[] {
  const roundings = 1e-12 + (1e-15 * kernel.stepsDone()) / particles;
  const energy = (particles - 1) * temperature;
  kernel.snapshot();
  return [
    checkAtMost('energy_drift', kernel.kineticEnergy() / energy - 1, roundings),
    checkAtMost('momentum', kernel.momentum() / (particles * Math.sqrt(temperature)), roundings),
    checkAtMost('overlap', Math.max(0, kernel.largestOverlap()), 1e-9),
  ];
}
