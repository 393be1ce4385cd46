import type { HardDiskParameters } from './parameters.ts';

/** The pairs that one step's double loop looks at. */
export function pairsOf(particles: number): number {
  return (particles * (particles - 1)) / 2;
}

/** How much an answer covers: its steps, and the pairs of the double loop, whether or not each was looked at. */
export function amountsOf(parameters: { readonly particles: number; readonly steps: number }) {
  return { steps: parameters.steps, pair_checks: parameters.steps * pairsOf(parameters.particles) };
}

/**
 * What a step costs on the kernel, in disk steps of a dilute box (10 to 15 ns): proportional to the disks, more where
 * many overlap, and in the worst crowd the double loop. The factors are fits to measurements.
 */
export function kernelStepCost({ particles, width, height, radius }: HardDiskParameters): number {
  const overlapsADisk = (particles * 2 * Math.PI * radius * radius) / (width * height);
  return particles * (1 + Math.min(12 * overlapsADisk, particles / 16));
}

/** The memory that the kernel lays out at most, in bytes; see the columns in `assembly/hard-disks`. */
export function kernelBytes(particles: number): number {
  return 128 * 1024 + 120 * particles;
}
