import { fileURLToPath } from 'node:url';
import { compileKernels, instantiateKernel, type Kernels } from '../../runtime/function/kernel.ts';
import { expectDone, type Fluid, type LennardJonesKernel, layOutFluid, stateOf, vectorsAt } from './kernel.ts';

let compiled: Kernels | undefined;

/** A fresh instance of the kernel. */
export function freshKernel(): LennardJonesKernel {
  compiled ??= compileKernels(['lennard-jones'], fileURLToPath(new URL('../../build', import.meta.url)));
  return instantiateKernel<LennardJonesKernel>(compiled, 'lennard-jones');
}

/** A fluid with a cutoff of 2.5, but for what is said. */
export function fluid(fields: Partial<Fluid> & Pick<Fluid, 'particles' | 'box'>): Fluid {
  const usual = { timestep: 0.005, cutoff: 2.5, skin: 0.5, segment: 50 };
  return { ...usual, shift: 'none', precision: 'double', ...fields };
}

/** LAMMPS's melt of 4 · cells³ atoms, but for what is said. */
export function melt(cells: number, fields: Partial<Fluid> = {}): Fluid {
  const particles = 4 * cells ** 3;
  const edge = Math.cbrt(particles / 0.8442);
  return fluid({ particles, box: [edge, edge, edge], ...fields });
}

/** Starts a melt from its lattice at T = 1.44; `prepare` is called before the first forces. */
export function startMelt(of: Fluid, prepare: (kernel: LennardJonesKernel) => void = () => {}): LennardJonesKernel {
  const kernel = freshKernel();
  layOutFluid(kernel, of);
  const cells = Math.round(Math.cbrt(of.particles / 4));
  expectDone(kernel.placeLattice(cells, cells, cells));
  kernel.drawVelocities(87_287, 1.44);
  prepare(kernel);
  expectDone(kernel.start());
  return kernel;
}

/** Starts a fluid at rest from given positions. */
export function startAt(of: Fluid, positions: ArrayLike<number>): LennardJonesKernel {
  const kernel = freshKernel();
  layOutFluid(kernel, of);
  vectorsAt(kernel, kernel.positions(), of.particles).set(positions);
  expectDone(kernel.start());
  return kernel;
}

/** The state at this moment. */
export function copyState(kernel: LennardJonesKernel): Buffer {
  return Buffer.from(stateOf(kernel));
}
