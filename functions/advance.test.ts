import { expect, test } from 'vitest';
import type { Frame } from '../runtime/function/frame.ts';
import { advance, type Course, type Simulation } from './advance.ts';
import { testContext } from './test-context.ts';

/** One particle that has come as far as there were steps. */
function frameAt(step: number): Frame {
  const [positions, velocities] = [new Float64Array([step]), null];
  return { step, time: step, box: null, periodic: [false, false, false], dimensions: 1, positions, velocities };
}

/** A simulation that only counts, and remembers its slices. */
function counter(start = 0): Simulation & { readonly slices: number[] } {
  let done = start;
  const slices: number[] = [];
  return {
    slices,
    stepsDone: () => done,
    step(steps) {
      slices.push(steps);
      done += steps;
    },
    observables: () => ({ done }),
    capture: () => new Uint8Array([done]),
    frame: () => frameAt(done),
  };
}

const courses: (Course & { name: string; slices: number[] })[] = [
  { name: 'nothing to do', steps: 0, stepsASlice: 5, slices: [] },
  { name: 'slices and a rest', steps: 12, stepsASlice: 5, slices: [5, 5, 2] },
  { name: 'a slice of less than a step is one step', steps: 2, stepsASlice: 0.1, slices: [1, 1] },
  {
    name: 'stops where something is due',
    steps: 10,
    stepsASlice: 4,
    recurring: [{ every: 3, due() {} }],
    slices: [3, 3, 3, 1],
  },
  { name: 'never is no stop', steps: 8, stepsASlice: 4, recurring: [{ every: 0, due() {} }], slices: [4, 4] },
  { name: 'stops at places for checkpoints', steps: 10, stepsASlice: 4, checkpointEvery: 5, slices: [4, 1, 4, 1] },
  { name: 'stops within steps that have parts', steps: 2, stepsASlice: 0.6, partsAStep: 7, slices: [4, 4, 4, 2] },
  { name: 'a slice of less than a part is one part', steps: 1, stepsASlice: 0.1, partsAStep: 3, slices: [1, 1, 1] },
  {
    name: 'counts intervals in whole steps',
    ...{ steps: 4, stepsASlice: 1, partsAStep: 5, checkpointEvery: 3 },
    recurring: [{ every: 2, due() {} }],
    slices: [5, 5, 5, 5],
  },
];

test.each(courses)('$name', ({ slices, ...course }) => {
  const simulation = counter();
  advance(testContext(), simulation, course);
  expect(simulation.slices).toEqual(slices);
});

test('what is due and what is reported is told in steps where steps have parts', () => {
  const told: string[] = [];
  const context = testContext({
    checkpoint: (capture) => told.push(`checkpoint ${capture()[0]}`),
    progress: (done, total) => told.push(`progress ${done} of ${total}`),
  });
  const recurring = [{ every: 1, due: (step: number) => told.push(`due ${step}`) }];
  advance(context, counter(), { steps: 1, stepsASlice: 0.5, partsAStep: 4, recurring });
  expect(told).toEqual(['checkpoint 2', 'progress 0.5 of 1', 'due 1', 'checkpoint 4', 'progress 1 of 1']);
});

test('what is due happens at each multiple, in order, also at the end, and not at the start', () => {
  const happened: string[] = [];
  const recurring = [
    { every: 2, due: (step: number) => happened.push(`a${step}`) },
    { every: 3, due: (step: number) => happened.push(`b${step}`) },
  ];
  advance(testContext(), counter(), { steps: 6, stepsASlice: 100, recurring });
  expect(happened).toEqual(['a2', 'b3', 'a4', 'a6', 'b6']);
});

test('a resumed simulation repeats nothing that was due before', () => {
  const happened: number[] = [];
  advance(testContext(), counter(4), {
    steps: 8,
    stepsASlice: 100,
    recurring: [{ every: 2, due: (step) => happened.push(step) }],
  });
  expect(happened).toEqual([6, 8]);
});

test('checkpoints are offered where the course allows them, after what was due there', () => {
  const offered: number[] = [];
  const context = testContext({ checkpoint: (capture) => offered.push(capture()[0]!) });
  advance(context, counter(), { steps: 11, stepsASlice: 2, checkpointEvery: 5 });
  expect(offered).toEqual([5, 10]);
});

test('it stops between slices when asked to', () => {
  const simulation = counter();
  let looks = 0;
  const signal = {
    aborted: false,
    throwIfAborted() {
      if (++looks > 2) throw new Error('stop');
    },
  };
  expect(() => advance(testContext({ signal }), simulation, { steps: 100, stepsASlice: 10 })).toThrow('stop');
  expect(simulation.stepsDone()).toBe(20);
});

test('a look at the particles is offered after every slice', () => {
  const steps: number[] = [];
  advance(testContext({ frame: (look) => steps.push(look().step) }), counter(), { steps: 5, stepsASlice: 2 });
  expect(steps).toEqual([2, 4, 5]);
});

test('the trajectory has the start, unless resumed, and every frame that is due', () => {
  const framesOf = (start: number, resumeFrom: Uint8Array | null) => {
    const pieces: string[] = [];
    const artifact = (name: string) => ({ append: (piece: string | Uint8Array) => void pieces.push(name + piece) });
    advance(testContext({ artifact, resumeFrom }), counter(start), { steps: 7, stepsASlice: 100, trajectoryEvery: 3 });
    return [...pieces.join('').matchAll(/Step=(\d)/g)].map(([, step]) => step);
  };
  expect(framesOf(0, null)).toEqual(['0', '3', '6']);
  expect(framesOf(3, new Uint8Array())).toEqual(['6']);
});
