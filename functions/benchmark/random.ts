/**
 * Uniform doubles in [0, 1) as `numpy.random.seed(seed)` and `numpy.random.random()` draw them: the Mersenne Twister
 * MT19937 (Matsumoto and Nishimura 1998), Knuth's initialisation, 53 bits from two words.
 */
export function seededRandom(seed: number): () => number {
  const words = seedWords(seed);
  let next = words.length;
  const nextWord = () => {
    if (next === words.length) {
      twist(words);
      next = 0;
    }
    return temper(words[next++]!);
  };
  return () => {
    const high = nextWord() >>> 5;
    const low = nextWord() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  };
}

function seedWords(seed: number): Uint32Array {
  const words = new Uint32Array(624);
  words[0] = seed;
  for (let i = 1; i < words.length; i++) {
    const last = words[i - 1]!;
    words[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  return words;
}

/** Makes the next 624 words in place. */
function twist(words: Uint32Array): void {
  for (let i = 0; i < 624; i++) {
    const joined = (words[i]! & 0x80000000) | (words[(i + 1) % 624]! & 0x7fffffff);
    words[i] = words[(i + 397) % 624]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
  }
}

function temper(word: number): number {
  let tempered = word ^ (word >>> 11);
  tempered ^= (tempered << 7) & 0x9d2c5680;
  tempered ^= (tempered << 15) & 0xefc60000;
  return (tempered ^ (tempered >>> 18)) >>> 0;
}
