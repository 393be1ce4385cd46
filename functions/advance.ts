/** The loop of every function that advances a kernel: slices, and what is due between them. */
import type { InvocationContext, Observables } from '../runtime/function/context.ts';
import type { Frame } from '../runtime/function/frame.ts';
import { recordTrajectory } from './trajectory.ts';

/** A simulation as the loop sees it. */
export interface Simulation {
  /** Steps since the start, those of earlier attempts included. */
  stepsDone(): number;
  step(steps: number): void;
  /** Numbers worth watching, as they are now. */
  observables(): Observables;
  /** A copy of everything that a later attempt needs to go on from here. */
  capture(): Uint8Array;
  /** Where the particles are now. */
  frame(): Frame;
}

/** Something that is due whenever the steps reach a multiple of `every`. */
export interface Recurring {
  /** Steps; 0 means never. */
  readonly every: number;
  readonly due: (step: number) => void;
}

/** How far to go, and how often to look up. */
export interface Course {
  /** The step at which the simulation ends. */
  readonly steps: number;
  /** As many as take some 10 ms, between two looks at the signal; less than one where a step has parts. */
  readonly stepsASlice: number;
  /** Parts of a step, where one may take long: what the simulation's `stepsDone` and `step` count. One, or nothing, else. */
  readonly partsAStep?: number;
  /** In the order in which they happen at a common step. The start is not among their steps. */
  readonly recurring?: readonly Recurring[];
  /** Checkpoints are offered only at multiples of this, where a kernel can be resumed only there; else at every slice. */
  readonly checkpointEvery?: number;
  /** Steps from frame to frame of the trajectory, an artifact; 0, or nothing, for none. */
  readonly trajectoryEvery?: number;
}

/**
 * Advances to the end of the course, or until the signal is raised.
 * @throws what the signal throws
 */
export function advance(context: InvocationContext, simulation: Simulation, course: Course): void {
  const trajectory = recordTrajectory(context, course.trajectoryEvery ?? 0, () => simulation.frame());
  const recurring = [...(course.recurring ?? []), trajectory].filter(({ every }) => every > 0);
  const checkpointParts = checkpointPartsOf(course);
  const parts = course.partsAStep ?? 1;
  if (context.resumeFrom)
    context.log(
      `goes on from a checkpoint, after step ${Math.floor(simulation.stepsDone() / parts)} of ${course.steps}`,
    );
  for (let done = simulation.stepsDone(); done < course.steps * parts; done = simulation.stepsDone()) {
    context.signal.throwIfAborted();
    const next = nextStop(done, course, recurring);
    simulation.step(next - done);
    for (const { every, due } of recurring) if (next % (every * parts) === 0) due(next / parts);
    if (next % checkpointParts === 0) context.checkpoint(() => simulation.capture());
    context.frame(() => simulation.frame());
    context.progress(next / parts, course.steps, simulation.observables());
  }
}

/** The end of the next slice: nothing that is due lies between, nor a place for a checkpoint. */
function nextStop(done: number, course: Course, recurring: readonly Recurring[]) {
  const { steps, stepsASlice, partsAStep: parts = 1 } = course;
  const stops = recurring.map(({ every }) => multipleAfter(done, every * parts));
  const checkpointParts = checkpointPartsOf(course);
  if (checkpointParts > 1) stops.push(multipleAfter(done, checkpointParts));
  return Math.min(done + Math.max(1, Math.floor(stepsASlice * parts)), steps * parts, ...stops);
}

function checkpointPartsOf({ checkpointEvery, partsAStep = 1 }: Course): number {
  return checkpointEvery === undefined ? 1 : checkpointEvery * partsAStep;
}

function multipleAfter(done: number, every: number): number {
  return (Math.floor(done / every) + 1) * every;
}
