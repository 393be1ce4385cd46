import { defineFunction } from '../../runtime/function/declaration.ts';
import { hardDiskParameters, hardDiskSpellings } from '../hard-disks/parameters.ts';
import { hardDiskResult } from '../hard-disks/result.ts';

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
  cost: ({ particles, steps }) => particles * (steps + 1),
  memory: ({ particles }) => 1024 * 1024 + particles * 200,
  kernel: 'hard-disks',
});
