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
  unitNs: 2,
  // The random start and the digests, then the steps; a disk that moves costs as much as four pairs that do not touch.
  cost: ({ particles, steps }) => 20_000 + 100 * particles + steps * (pairsOf(particles) + 4 * particles),
  // The disks; and as bytes the one resumed from, and a checkpoint on its way out or the state for a digest.
  memory: ({ particles }) => 64 * 1024 + 3 * stateBytesOf(particles),
});
