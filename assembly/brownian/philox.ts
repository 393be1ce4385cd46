/**
 * Random numbers by counter: Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011), and from its 128 bits two independent
 * normal numbers (Box and Muller 1958). A number depends on the seed, the step, the pair of coordinates and the purpose,
 * and on nothing before it: so there is no generator's state to keep, and the order of the work is free.
 */

/** The second half of the key; the first is the seed. */
const KEY: u32 = 0x6d6f7465;
const ROUNDS: u32 = 10;

/** The last block. */
let first: u64 = 0;
let second: u64 = 0;

/** Two normal numbers, for one pair of coordinates in one step. */
export function normals(seed: u32, step: u64, pair: u32, purpose: u32): v128 {
  philox(seed, KEY, <u32>step, <u32>(step >> 32), pair, purpose);
  // In (0, 1], so that it has a logarithm.
  const radius = sqrt(-2 * Math.log((<f64>(first >> 11) + 1) / 9007199254740992.0));
  Math.sincos((<f64>(second >> 11) * (2 * Math.PI)) / 9007199254740992.0);
  return f64x2.replace_lane(f64x2.splat(radius * Math.sincos_cos), 1, radius * Math.sincos_sin);
}

/** Half of the block of a key and a counter: words 0 and 1 (which 0), or 2 and 3; the lower word first. */
export function philoxWords(k0: u32, k1: u32, c0: u32, c1: u32, c2: u32, c3: u32, which: u32): u64 {
  philox(k0, k1, c0, c1, c2, c3);
  return which == 0 ? first : second;
}

// @ts-ignore: decorator
@inline
function philox(key0: u32, key1: u32, c0: u32, c1: u32, c2: u32, c3: u32): void {
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const a = <u64>0xd2511f53 * <u64>c0;
    const b = <u64>0xcd9e8d57 * <u64>c2;
    c0 = <u32>(b >> 32) ^ c1 ^ key0;
    c1 = <u32>b;
    c2 = <u32>(a >> 32) ^ c3 ^ key1;
    c3 = <u32>a;
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }
  first = (<u64>c1 << 32) | c0;
  second = (<u64>c3 << 32) | c2;
}
