/** The pairs that one step's double loop looks at. */
export function pairsOf(particles: number): number {
  return (particles * (particles - 1)) / 2;
}

/** How much an answer covers: its steps, and the pairs of the double loop, whether or not each was looked at. */
export function amountsOf(parameters: { readonly particles: number; readonly steps: number }) {
  return { steps: parameters.steps, pair_checks: parameters.steps * pairsOf(parameters.particles) };
}
