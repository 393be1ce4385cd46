import { defineFunction } from '../../runtime/function/declaration.ts';
import { hardDiskParameters, hardDiskSpellings } from '../hard-disks/parameters.ts';
import { hardDiskResult } from '../hard-disks/result.ts';
import { stateBytesOf } from '../hard-disks/state.ts';
import { pairsOf } from '../hard-disks/work.ts';

/** Hard disks in plain TypeScript: slow with many disks, and easy to read. */
export const benchmark = defineFunction({
  name: 'benchmark',
  title: 'Hard disks, plain',
  description:
    'Disks that collide with each other and with the walls of a box, by the double loop over all pairs in plain TypeScript.',
  parameters: hardDiskParameters,
  parameterSpellings: hardDiskSpellings,
  result: hardDiskResult,
  costUnit: 'pair checks',
  // A disk that moves costs about as much as four pairs that do not touch.
  cost: ({ particles, steps }) => (steps + 1) * (pairsOf(particles) + 4 * particles),
  // The disks, and two states as bytes: the one resumed from or given to the digest, and a checkpoint on its way out.
  memory: ({ particles }) => 3 * stateBytesOf(particles),
});
