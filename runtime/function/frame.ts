/**
 * Where all particles are at an instant, for a viewer or a trajectory. Its columns may be views of a kernel's memory:
 * they are valid until the simulation goes on.
 */
export interface Frame {
  readonly step: number;
  /** In the simulation's own unit. */
  readonly time: number;
  /** Edges along x, y and z; null in free space. What is flat has an edge of 1 along z. */
  readonly box: readonly [number, number, number] | null;
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Coordinates of a particle: 1 to 3. */
  readonly dimensions: number;
  /** x0 y0 z0 x1 …, as many coordinates a particle as there are dimensions. */
  readonly positions: Float64Array;
  /** The same of velocities; null where particles have none. */
  readonly velocities: Float64Array | null;
  /** How wide a particle is, in units of the positions; absent where it has no size. */
  readonly diameter?: number;
}
