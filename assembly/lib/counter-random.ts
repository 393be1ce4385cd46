/**
 * Random numbers that are a function of where they are used: of a seed, a step and an index. There is no generator
 * whose state would have to go into a checkpoint. The mixing is that of SplitMix64 (Steele, Lea and Flood 2014).
 */

// @ts-ignore: decorator
@inline
function mix(word: u64): u64 {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

/** The key of a stream of numbers. */
export function streamOf(seed: u64, step: u64): u64 {
  return mix(mix(seed + 0x9e3779b97f4a7c15) ^ (step * 0xd1342543de82ef95 + 0x2545f4914f6cdd1d));
}

/** Number `index` of a stream: uniform in (0, 1), with 52 random bits and never an end of the interval. */
export function uniformAt(stream: u64, index: u64): f64 {
  const word = mix(stream + (index + 1) * 0x9e3779b97f4a7c15);
  return (<f64>(word >> 12) + 0.5) / 4503599627370496.0;
}

/** Number `index` of a stream: normal, of mean 0 and variance 1 (Box and Muller; the compiler's own functions). */
export function normalAt(stream: u64, index: u64): f64 {
  const radius = sqrt(-2 * Math.log(uniformAt(stream, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniformAt(stream, 2 * index + 1));
}
