import * as v from 'valibot';

const collisions = v.pipe(v.number(), v.integer(), v.minValue(0));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** What a hard-disk simulation ends with. It depends on the parameters alone, bit for bit. */
export const hardDiskResult = v.strictObject({
  particle_collisions: v.pipe(collisions, v.description('Collisions between disks, over all steps.')),
  wall_collisions: v.pipe(collisions, v.description('Meetings of a disk with walls; a corner counts once.')),
  kinetic_energy: v.pipe(v.number(), v.description('½ Σ v² at the end, with unit mass.')),
  first_position: v.pipe(v.tuple([v.number(), v.number()]), v.description('x and y of the first disk at the end.')),
  initial_digest: v.pipe(digest, v.description('The digest before the first step.')),
  digest: v.pipe(
    digest,
    v.description(
      'SHA-256 of the positions (x0 y0 x1 y1 …), then the velocities, at the end, as little-endian doubles.',
    ),
  ),
});

/** The result, as TypeScript sees it. */
export type HardDiskResult = v.InferOutput<typeof hardDiskResult>;
