/**
 * A task with a known answer: 100 disks, 1000 steps, seed 42, which ends with this digest on every machine whose
 * processor, Node and kernel do what they should.
 */
export const SELF_TEST = {
  type: 'benchmark_wasm',
  parameters: { particles: 100, steps: 1000, seed: 42 },
  digest: '8967400646c2a4581c1c052d6940a1d9459b37278eb7040cb0bf231ef7c0814c',
} as const;
