/** A box of particles at an instant, as files and task parameters give it. */

/** Three numbers: along x, y and z. */
export type Vector = readonly [number, number, number];

/** Particles in a periodic box with right angles, in the units of whoever wrote it down. */
export interface Configuration {
  /** Edges of the box. */
  readonly box: Vector;
  /** x0 y0 z0 x1 …, in the order of the file; need not lie within the box. */
  readonly positions: Float64Array;
  /** The same of velocities; null where the file has none. */
  readonly velocities: Float64Array | null;
}

/** A file that is no configuration: what is wrong, and where. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  /** From 1. */
  readonly line: number;
  readonly column: number;

  constructor(line: number, column: number, message: string) {
    super(`line ${line}, column ${column}: ${message}`);
    this.line = line;
    this.column = column;
  }
}
