/**
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) as `numpy.random.seed(integer)` and
 * `numpy.random.random()` use it: Knuth's initialisation, 53-bit doubles. One generator an instance; its state is
 * static memory, so that no host call and no allocation is ever needed.
 */

const LENGTH: u32 = 624;
const SHIFT: u32 = 397;
const words: usize = memory.data(<i32>LENGTH * 4, 4);
let next: u32 = LENGTH;

// @ts-ignore: decorator
@inline
function wordAt(index: u32): usize {
  return words + (<usize>index << 2);
}

/** Starts the sequence of `seed`. */
export function seedRandom(seed: u32): void {
  let word = seed;
  store<u32>(wordAt(0), word);
  for (let index: u32 = 1; index < LENGTH; index++) {
    word = 1812433253 * (word ^ (word >> 30)) + index;
    store<u32>(wordAt(index), word);
  }
  next = LENGTH;
}

/** A uniform double in [0, 1) with 53 random bits, made of two words. */
export function uniform(): f64 {
  const high = nextWord() >> 5;
  const low = nextWord() >> 6;
  return (<f64>high * 67108864.0 + <f64>low) / 9007199254740992.0;
}

function nextWord(): u32 {
  if (next == LENGTH) twist();
  let word = load<u32>(wordAt(next++));
  word ^= word >> 11;
  word ^= (word << 7) & 0x9d2c5680;
  word ^= (word << 15) & 0xefc60000;
  return word ^ (word >> 18);
}

/** Makes the next 624 words in place. */
function twist(): void {
  for (let index: u32 = 0; index < LENGTH; index++) {
    const following = load<u32>(wordAt((index + 1) % LENGTH));
    const joined = (load<u32>(wordAt(index)) & 0x80000000) | (following & 0x7fffffff);
    const shifted = load<u32>(wordAt((index + SHIFT) % LENGTH));
    store<u32>(wordAt(index), shifted ^ (joined >> 1) ^ (following & 1 ? 0x9908b0df : 0));
  }
  next = 0;
}
