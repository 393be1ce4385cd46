import type { GravityParameters } from './declaration.ts';

/** Two bodies on a circle of diameter 1, once around in 2π. */
export const pair = {
  start: 'given',
  softening: 0,
  configuration: {
    masses: [0.75, 0.25],
    positions: [
      [-0.25, 0, 0],
      [0.75, 0, 0],
    ],
    velocities: [
      [0, -0.25, 0],
      [0, 0.75, 0],
    ],
  },
} satisfies Partial<GravityParameters>;
