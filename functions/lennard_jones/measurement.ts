/** What is measured on the way: rows of energies and displacements, and how far atoms are apart. */
import { type Fluid, type LennardJonesKernel, vectorsAt } from '../lennard-jones/kernel.ts';
import { bytesOf, numbersOf } from '../parts.ts';

/** One moment, all atoms together. */
export interface Row {
  readonly step: number;
  /** ½ Σ v². */
  readonly kinetic: number;
  /** U, without a tail. */
  readonly potential: number;
  /** W = −Σ r · dU/dr. */
  readonly virial: number;
  /** What does not change: the energy of continuous forces, less the thermostat's heat. */
  readonly conserved: number;
  /** Mean squared displacement along x, y and z; 0 until there is something to compare with. */
  readonly displacement: readonly [number, number, number];
}

/** Doubles of a row in a checkpoint. */
const ROW_LENGTH = 8;

/** How many parts of a checkpoint `capture` makes. */
export const MEASUREMENT_PARTS = 3;

/** Measures a kernel, from its start or from a checkpoint on. */
export class Measurement {
  readonly rows: Row[] = [];
  /** Pairs by distance, summed over the rows since `beginProduction`. */
  readonly histogram: Float64Array;
  /** Rows in these sums. */
  get samples(): number {
    return this.#samples;
  }

  readonly #kernel: LennardJonesKernel;
  readonly #fluid: Fluid;
  #samples = 0;
  /** Where the atoms were when the production began; null before. */
  #origin: Float64Array | null = null;

  constructor(kernel: LennardJonesKernel, fluid: Fluid, bins: number) {
    this.#kernel = kernel;
    this.#fluid = fluid;
    this.histogram = new Float64Array(bins);
  }

  /** Displacements are from here, and distances count from the next row on. */
  beginProduction(): void {
    this.#origin = this.#positions().slice();
  }

  /** Adds the row of this moment. */
  takeRow(): Row {
    const kernel = this.#kernel;
    const [potential, kinetic] = [kernel.potentialEnergy(), kernel.kineticEnergy()];
    const row: Row = {
      step: kernel.stepsDone(),
      kinetic,
      potential,
      virial: kernel.virial(),
      conserved: kinetic + this.#continuous(potential) - kernel.heat(),
      displacement: this.#displacement(),
    };
    if (this.#origin && row.step > 0) this.#addDistances();
    this.rows.push(row);
    return row;
  }

  /** A cut potential jumps where a pair crosses the cutoff; the forces are those of one that is shifted to end at 0. */
  #continuous(potential: number): number {
    if (this.#fluid.shift !== 'none') return potential;
    return potential - this.#kernel.pairsWithinCutoff() * energyAt(this.#fluid.cutoff);
  }

  #addDistances(): void {
    const { memory, distances } = this.#kernel;
    const counts = new Uint32Array(memory.buffer, distances(), this.histogram.length);
    for (const [bin, count] of counts.entries()) this.histogram[bin]! += count;
    this.#samples++;
  }

  #positions(): Float64Array {
    return vectorsAt(this.#kernel, this.#kernel.positions(), this.#fluid.particles);
  }

  #displacement(): [number, number, number] {
    const origin = this.#origin;
    const sums: [number, number, number] = [0, 0, 0];
    if (!origin) return sums;
    const positions = this.#positions();
    for (let i = 0; i < positions.length; i += 3) {
      for (let axis = 0; axis < 3; axis++) {
        const by = positions[i + axis]! - origin[i + axis]!;
        sums[axis]! += by * by;
      }
    }
    return sums.map((sum) => sum / this.#fluid.particles) as typeof sums;
  }

  /** Everything measured until now, as parts of a checkpoint. */
  capture(): Uint8Array[] {
    const rows = new Float64Array(this.rows.flatMap(numbersOfRow));
    return [rows, new Float64Array([this.#samples, ...this.histogram]), this.#origin ?? new Float64Array()].map(
      bytesOf,
    );
  }

  /**
   * Goes on from such parts.
   * @throws Error when they are those of another simulation
   */
  restore([rows, histogram, origin]: readonly Uint8Array[]): void {
    const numbers = numbersOf(rows!, Math.floor(rows!.length / (8 * ROW_LENGTH)) * ROW_LENGTH);
    for (let at = 0; at < numbers.length; at += ROW_LENGTH) this.rows.push(rowOf(numbers.subarray(at)));
    const [samples, ...counts] = numbersOf(histogram!, 1 + this.histogram.length);
    this.#samples = samples!;
    this.histogram.set(counts);
    this.#origin = origin!.length === 0 ? null : numbersOf(origin!, 3 * this.#fluid.particles);
  }
}

/** The potential, uncut, at a distance. */
export function energyAt(distance: number): number {
  const inverse3 = 1 / (distance * distance * distance);
  const inverse6 = inverse3 * inverse3;
  return 4 * inverse6 * (inverse6 - 1);
}

function numbersOfRow({ step, kinetic, potential, virial, conserved, displacement }: Row): number[] {
  return [step, kinetic, potential, virial, conserved, ...displacement];
}

function rowOf(numbers: Float64Array): Row {
  const [step, kinetic, potential, virial, conserved, x, y, z] = numbers as unknown as number[];
  return {
    ...{ step: step!, kinetic: kinetic!, potential: potential!, virial: virial!, conserved: conserved! },
    displacement: [x!, y!, z!],
  };
}
