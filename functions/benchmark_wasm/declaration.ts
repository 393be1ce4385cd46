import { defineFunction } from '../../runtime/function/declaration.ts';
import { hardDiskParameters, hardDiskSpellings } from '../hard-disks/parameters.ts';
import { hardDiskResult } from '../hard-disks/result.ts';
import { stateBytesOf } from '../hard-disks/state.ts';
import { kernelBytes, kernelStepCost } from '../hard-disks/work.ts';

/** Hard disks on the WASM kernel: the bits of `benchmark`, in time that grows with the disks, not their pairs. */
export const benchmarkWasm = defineFunction({
  name: 'benchmark_wasm',
  alsoNamed: ['benchmark_cython'],
  title: 'Hard disks',
  description: 'Disks that collide with each other and with the walls of a box, on the WASM kernel.',
  parameters: hardDiskParameters,
  parameterSpellings: hardDiskSpellings,
  result: hardDiskResult,
  costUnit: 'disk steps',
  unitNs: 4,
  // An instance, then the random start and two digests of it, then the steps.
  cost: (parameters) => 10_000 + 25 * parameters.particles + parameters.steps * kernelStepCost(parameters),
  // The kernel, and two states as bytes: the one resumed from, and a checkpoint on its way out.
  memory: ({ particles }) => kernelBytes(particles) + 2 * stateBytesOf(particles),
  kernel: 'hard-disks',
});
