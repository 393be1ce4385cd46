/**
 * The cube root by Newton's iteration, with +, × and ÷ only: the same bits in every host, which `Math.cbrt` does not
 * promise. The edge of a box depends on it, and with that every bit that follows.
 * @param value above 0
 */
export function cubeRoot(value: number): number {
  // From above, every iterate is smaller than the one before, until rounding stops it.
  let root = Math.max(1, value);
  for (;;) {
    const next = (2 * root + value / (root * root)) / 3;
    if (!(next < root)) return root;
    root = next;
  }
}
