/**
 * The Lennard-Jones kernel against LAMMPS and GROMACS on LAMMPS's melt, over sizes, and against its own estimates.
 *
 *     node scripts/bench/lennard-jones.ts
 *
 * Needs a build; LAMMPS and GROMACS are left out where they are not installed. All candidates run on one core, in turn,
 * and what counts is the processor's time: all of them compute and do nothing else.
 */
import * as v from 'valibot';
import { type LennardJonesParameters, lennardJones } from '../../functions/lennard_jones/declaration.ts';
import { kernelBytes, stepCost } from '../../functions/lennard_jones/estimates.ts';
import { layOutStart } from '../../functions/lennard_jones/start.ts';
import { expectDone, type LennardJonesKernel } from '../../functions/lennard-jones/kernel.ts';
import { testContext } from '../../functions/test-context.ts';
import { type BenchRow, interleave, median, medianRatio, medianRow, printRows, processorMs } from './lib/measure.ts';
import { gromacs, lammps, type MeltPeer } from './lib/molecular-peers.ts';

const MELT_ROUNDS = 9;
const ROUNDS = 5;
const MELT_STEPS = 100;
/** Atom steps of a round over sizes at least: some 0.5 s. */
const ATOM_STEPS = 3_200_000;
const SIZE_STEPS = 50;

const context = testContext();

type Fields = v.InferInput<typeof lennardJones.parameters>;

/** All the rows of this bench, in some four minutes. */
export async function benchLennardJones(): Promise<BenchRow[]> {
  return [...(await benchMelt()), ...(await benchSizes()), await benchCost()];
}

/** LAMMPS's melt, but for what is said. */
function melt(fields: Fields): LennardJonesParameters {
  return v.parse(lennardJones.parameters, { particles: 32_000, rdf_bins: 0, ...fields });
}

function started(parameters: LennardJonesParameters): LennardJonesKernel {
  const { kernel } = layOutStart(context, parameters);
  expectDone(kernel.start());
  return kernel;
}

/** Milliseconds of processor that the steps take, without the start. */
function timeSteps(kernel: LennardJonesKernel, steps: number): number {
  return processorMs(() => expectDone(kernel.step(steps)));
}

/** The steps, and the row at their end, which LAMMPS's time has in it, too. */
function timeMelt(fields: Fields): number {
  const kernel = started(melt(fields));
  return timeSteps(kernel, MELT_STEPS) + processorMs(() => kernel.potentialEnergy() + kernel.kineticEnergy());
}

/** Both precisions against the peers that are there. */
async function benchMelt(): Promise<BenchRow[]> {
  const peers: [string, MeltPeer][] = [];
  const offer = (name: string, peer: MeltPeer | null, debianPackage: string) => {
    if (peer) peers.push([name, peer]);
    else console.error(`${name} is left out: it is not installed (Debian: apt-get install ${debianPackage})`);
  };
  offer('lmp', lammps([]), 'lammps');
  offer('lmp -sf opt', lammps(['-sf', 'opt']), 'lammps');
  offer('GROMACS', gromacs(), 'gromacs');
  try {
    const times: Record<string, number[]> = await interleave(MELT_ROUNDS, {
      mixed: () => timeMelt({ precision: 'mixed' }),
      double: () => timeMelt({ precision: 'double' }),
      ...Object.fromEntries(peers.map(([name, { time }]) => [name, time])),
    });
    return meltRows(times, peers);
  } finally {
    for (const [, peer] of peers) peer.stop();
  }
}

/** What `lmp -sf opt` has to be beaten by. */
const BUDGETS = { mixed: { atLeast: 3.5, aim: 5 }, double: { atLeast: 2.2, aim: 3 } } as const;

function meltRows(times: Readonly<Record<string, number[]>>, peers: readonly [string, MeltPeer][]): BenchRow[] {
  const note = `32 000 atoms, ${MELT_STEPS} steps, ${MELT_ROUNDS} interleaved rounds`;
  const rate = (name: string, how: string) =>
    medianRow(
      `melt, ${name}`,
      times[name]!.map((ms) => rateOf(32_000 * MELT_STEPS, ms)),
      'M atom steps/s',
      { note: how },
    );
  const rows = [rate('mixed', note), rate('double', note)];
  for (const [name, { version }] of peers) rows.push(rate(name, `${version}; ${note}`));
  for (const [name] of peers) {
    for (const precision of ['mixed', 'double'] as const) {
      const { atLeast, aim } = BUDGETS[precision];
      const ratio = {
        what: `${precision} against ${name}`,
        value: medianRatio(times[name]!, times[precision]!),
        unit: '×',
      };
      const how = 'median of the ratios of the rounds';
      if (name === 'lmp -sf opt') rows.push({ ...ratio, bound: { atLeast }, note: `${how}; aim at ${aim}` });
      else rows.push({ ...ratio, note: how });
    }
  }
  return rows;
}

/** The same melt from 500 to a million atoms, and what an atom takes of memory. */
async function benchSizes(): Promise<BenchRow[]> {
  const sizes = [500, 2000, 32_000, 256_000, 1_000_000];
  const bytes = new Map<number, string>();
  const times = await interleave(
    ROUNDS,
    Object.fromEntries(
      sizes.map((particles) => [
        particles,
        () => {
          let ms = 0;
          for (let left = repeatsOf(particles); left > 0; left--) {
            const kernel = started(melt({ particles }));
            ms += timeSteps(kernel, SIZE_STEPS);
            bytes.set(particles, bytesOf(kernel, particles));
          }
          return rateOf(particles * SIZE_STEPS * repeatsOf(particles), ms);
        },
      ]),
    ),
  );
  const rows = sizes.map((particles) =>
    medianRow(`melt of ${particles} atoms`, times[particles]!, 'M atom steps/s', {
      note: `mixed, ${SIZE_STEPS} steps from the lattice; ${bytes.get(particles)}`,
    }),
  );
  const kept = medianRatio(times[1_000_000]!, times[2000]!);
  return [
    ...rows,
    {
      ...{ what: 'a million atoms against 2000', value: kept, unit: '× the atom steps/s', bound: { atLeast: 2 / 3 } },
      note: `median of the ratios of ${ROUNDS} interleaved rounds`,
    },
  ];
}

function repeatsOf(particles: number): number {
  return Math.max(1, Math.round(ATOM_STEPS / (particles * SIZE_STEPS)));
}

function bytesOf(kernel: LennardJonesKernel, particles: number): string {
  const parameters = melt({ particles });
  const held = kernel.memory.buffer.byteLength / particles;
  const [estimated, whole] = [kernelBytes(parameters) / particles, lennardJones.memory(parameters) / particles];
  const [kernelSays, allSays] = [estimated, whole].map((bytes) => bytes.toFixed(0));
  return `${held.toFixed(0)} bytes an atom, estimated at ${kernelSays}, ${allSays} with what the host holds`;
}

/** How far the time of a step is from what the cost model says, in proportion to the melt's. */
async function benchCost(): Promise<BenchRow> {
  const others: Readonly<Record<string, Fields>> = {
    'double precision': { precision: 'double' },
    'a cutoff of 4': { cutoff: 4 },
    'a gas': { density: 0.1 },
    'a shifted force': { shift: 'force' },
    '2000 atoms': { particles: 2000 },
    '256 000 atoms': { particles: 256_000 },
  };
  const timeACost = (fields: Fields) => () => {
    const parameters = melt(fields);
    const steps = Math.max(20, Math.round(ATOM_STEPS / (2 * parameters.particles * stepCost(parameters))));
    return timeSteps(started(parameters), steps) / (steps * parameters.particles * stepCost(parameters));
  };
  const candidates = Object.entries(others).map(([name, fields]) => [name, timeACost(fields)] as const);
  const times = await interleave(ROUNDS, { melt: timeACost({}), ...Object.fromEntries(candidates) });
  const off = Object.keys(others).map((name) => ({ name, by: medianRatio(times[name as 'melt'], times.melt) - 1 }));
  const shown = off.map(({ name, by }) => `${name} ${by < 0 ? '−' : '+'}${Math.abs(100 * by).toFixed(0)} %`).join(', ');
  return {
    what: 'a step off its estimate',
    value: 100 * Math.max(...off.map(({ by }) => Math.abs(by))),
    unit: '%',
    note: `largest of ${shown}; against the melt, ${((1e6 * median(times.melt)) / 100).toFixed(2)} × 100 ns a unit`,
  };
}

/** Millions a second. */
function rateOf(amount: number, ms: number): number {
  return amount / ms / 1000;
}

if (import.meta.main) process.exitCode = printRows(await benchLennardJones()) ? 0 : 1;
