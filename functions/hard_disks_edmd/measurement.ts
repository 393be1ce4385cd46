/**
 * The pressure from the collisions. It goes into results, so it is made with + − × ÷ and √ only: other functions of
 * `Math` differ between versions of Node.
 */

/** Blocks that the kernel has room for. */
const MAX_BLOCKS = 64;
/** Fewer say nothing about their spread. */
const MIN_BLOCKS = 8;

/** Time, and Σ d · Δp of all collisions until then. */
export interface Mark {
  readonly time: number;
  readonly virial: number;
}

/** Collisions in a block of the measurement: an even share of 32, so there are up to 63 blocks. */
export function blockLengthOf(steps: number): number {
  return Math.max(1, Math.floor(steps / (MAX_BLOCKS / 2)));
}

/** The blocks of a measurement of so many collisions. */
export function blocksOf(steps: number): number {
  return Math.min(MAX_BLOCKS, Math.floor(steps / blockLengthOf(steps)));
}

/** Z = P A/(N kT) between two marks: 1 + Σ d · Δp/(2 N kT Δt), the virial theorem for impulses in two dimensions. */
export function compressibility(from: Mark, to: Mark, particles: number, temperature: number): number {
  return 1 + (to.virial - from.virial) / (2 * particles * temperature * (to.time - from.time));
}

/** The standard error of a mean of blocks; null when they are too few to say. */
export function standardError(blocks: readonly number[]): number | null {
  if (blocks.length < MIN_BLOCKS) return null;
  const mean = blocks.reduce((sum, value) => sum + value, 0) / blocks.length;
  const squares = blocks.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(squares / (blocks.length * (blocks.length - 1)));
}

/** Henderson's equation of state of the hard-disk fluid (1975): Z = (1 + η²/8)/(1 − η)². */
export function henderson(packingFraction: number): number {
  const free = 1 - packingFraction;
  return (1 + (packingFraction * packingFraction) / 8) / (free * free);
}
