import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { InvocationContext, KernelExports } from '../../runtime/function/context.ts';
import { instantiateKernel } from '../../runtime/function/kernel.ts';
import { checkParameters } from '../../runtime/function/parameters.ts';
import nist from '../lennard-jones/nist/configurations.json' with { type: 'json' };
import { interactions } from '../lennard-jones/reference.ts';
import { testContext, testKernels } from '../test-context.ts';
import { type LennardJonesParameters, lennardJones } from './declaration.ts';
import { kernelBytes } from './estimates.ts';
import { runLennardJones } from './run.ts';

type Fields = v.InferInput<typeof lennardJones.parameters>;

const given = (fields: Fields): LennardJonesParameters => v.parse(lennardJones.parameters, fields);
const run = async (fields: Fields, context = testContext()) => (await runLennardJones(given(fields), context)).result;
const failureOf = (fields: Fields, context = testContext()) =>
  run(fields, context).then(
    () => expect.unreachable(),
    (error: Error) => error.message,
  );

/** Some 100 steps a millisecond. */
const small: Fields = { particles: 256, steps: 350, thermo_every: 40, shift: 'force', timestep: 0.004 };
const equilibrated: Fields = { ...small, equilibration_steps: 130 };

const printed = (value: number, as: string) => value.toPrecision(as.replace(/^-?0?\.?0*|[-.]/g, '').length);
const nistFile = ({ box, positions }: (typeof nist.configurations)[number]) =>
  [box.join(' '), positions.length, ...positions.map((position, i) => [i + 1, ...position].join(' ')), ''].join('\n');

/** A context in which one file was uploaded. */
const withFile = (text: string, blob = 'a'.repeat(64)) =>
  testContext({ input: (sha256) => (sha256 === blob ? new TextEncoder().encode(text) : expect.unreachable()) });

describe('a configuration', () => {
  const cases = nist.configurations.flatMap(({ expected, ...configuration }) =>
    expected.map((values) => ({ ...configuration, ...values })),
  );

  test.each(cases)('of NIST, number $number, gives every digit: cutoff $cutoff, shift $shift', async (of) => {
    const { cutoff, shift } = of as Pick<LennardJonesParameters, 'cutoff' | 'shift'>;
    const asFile = { blob: 'a'.repeat(64), format: 'nist', particles: of.positions.length } as const;
    const inline = { box: of.box, positions: of.positions } as Fields['configuration'];
    const model = { steps: 0, temperature: 0, cutoff, shift, skin: 5 };
    const { start, thermo, ...result } = await run({ ...model, configuration: inline });
    expect(printed(start.energy, of.energy)).toBe(of.energy);
    expect(printed(start.virial, of.virial)).toBe(of.virial);
    if (of.tail) expect(printed(start.tail_energy, of.tail)).toBe(of.tail);
    expect(thermo).toHaveLength(1);
    expect(thermo[0]!.e_pair).toBeCloseTo(start.energy / of.positions.length, 12);
    const fromFile = await run({ ...model, configuration: asFile }, withFile(nistFile(of as never)));
    expect(fromFile).toEqual({ start, thermo, ...result });
  });

  test('of extended XYZ brings its velocities', async () => {
    const text = [
      2,
      'Lattice="6 0 0 0 6 0 0 0 6" Properties=species:S:1:pos:R:3:velo:R:3',
      'A 1 1 1 1 0 0',
      'A 3 1 1 -1 0 2',
      '',
    ].join('\n');
    const configuration = { blob: 'a'.repeat(64), format: 'xyz', particles: 2 } as const;
    const { thermo, start } = await run({ steps: 1, thermo_every: 1, configuration }, withFile(text));
    expect(start.box).toEqual([6, 6, 6]);
    expect(thermo[0]!.temp).toBeCloseTo((2 * 3) / 3, 12);
  });

  test('names the two that overlap, over the border too', async () => {
    const positions: [number, number, number][] = [
      [1, 1, 1],
      [5.9, 3, 3],
      [0.2, 3, 3],
    ];
    expect(await failureOf({ configuration: { box: [6, 6, 6], positions } })).toMatch(
      /^atoms 2 and 3 of the configuration overlap: they are 0\.2999\d+ apart, and must be at least 0\.5/,
    );
  });

  test.each([
    { text: '6 6 6\n2\n1 0 0 0\n', particles: 2, says: 'line' },
    { text: '6 6 6\n2\n1 0 0 0\n2 3 NaN 3\n', particles: 2, says: 'line 4, column 5' },
    { text: '6 6 6\n1\n1 0 0 0\n', particles: 2, says: 'configuration.particles must be 1, as in the file (given 2)' },
    { text: '4 6 6\n1\n1 0 0 0\n', particles: 1, says: 'cutoff must be at most 2, half of the box' },
  ])('that is wrong is refused: $says', async ({ text, particles, says }) => {
    const configuration = { blob: 'a'.repeat(64), format: 'nist', particles } as const;
    expect(await failureOf({ configuration }, withFile(text))).toContain(says);
  });
});

describe("LAMMPS's melt", () => {
  test.each(['mixed', 'double'] as const)('in %s precision', async (precision) => {
    const { thermo, checks } = await run({ particles: 32_000, steps: 100, precision });
    const [first, last] = [thermo[0]!, thermo[1]!];
    expect(first.temp).toBeCloseTo(1.44, 12);
    expect(first.e_pair.toFixed(7)).toBe('-6.7733681');
    expect(first.tot_eng.toFixed(7)).toBe('-4.6134356');
    expect(first.press.toFixed(7)).toBe('-5.0197073');
    expect(Math.abs(last.temp - 0.757)).toBeLessThan(0.006);
    expect(Math.abs(last.e_pair + 5.76)).toBeLessThan(0.01);
    expect(Math.abs(last.tot_eng + 4.622)).toBeLessThan(0.001);
    expect(checks.every(({ ok }) => ok)).toBe(true);
  });
});

describe('the physics', () => {
  test.each(['mixed', 'double'] as const)('conserves energy and momentum for 20 000 steps (%s)', async (precision) => {
    const fields = { particles: 500, steps: 20_000, timestep: 0.004, shift: 'force', precision } as const;
    const { energy_drift, checks, thermo } = await run(fields);
    expect(Math.abs(energy_drift)).toBeLessThan(1e-4);
    expect(Math.abs(thermo.at(-1)!.tot_eng / thermo[0]!.tot_eng - 1)).toBeLessThan(1e-3);
    expect(checks.map(({ name, ok }) => ({ name, ok }))).toEqual([
      { name: 'energy_drift', ok: true },
      { name: 'momentum', ok: true },
    ]);
    if (precision === 'double') expect(checks[1]!.value).toBeLessThan(1e-13);
  });

  test('conserves what the forces conserve when the potential is cut', async () => {
    const { energy_drift, thermo } = await run({ particles: 500, steps: 5000 });
    expect(Math.abs(energy_drift)).toBeLessThan(3e-4);
    expect(Math.abs(thermo.at(-1)!.tot_eng - thermo[0]!.tot_eng)).toBeGreaterThan(1e-3);
  });

  test.each(['bussi', 'langevin'] as const)(
    'spreads kinetic energy as the canonical ensemble does (%s)',
    async (thermostat) => {
      const particles = 64;
      const fields = { particles, density: 0.5, cutoff: 2, shift: 'force', ensemble: 'nvt', thermostat } as const;
      const times = {
        relaxation_time: 0.05,
        timestep: 0.004,
        equilibration_steps: 1000,
        steps: 60_000,
        thermo_every: 60,
      };
      const { thermo } = await run({ ...fields, ...times, temperature: 1.2, rdf_bins: 0 });
      // Langevin's noise moves the whole too, and has all 3N degrees of freedom; temp divides by 3N − 3 for both.
      const freedoms = thermostat === 'bussi' ? 3 * particles - 3 : 3 * particles;
      const kinetic = thermo
        .filter(({ step }) => step > 1000)
        .map(({ temp }) => ((temp / 1.2) * (3 * particles - 3)) / freedoms);
      const spread = Math.sqrt(2 / freedoms);
      expect(
        chiSquare(kinetic.map((ratio) => (Math.cbrt(ratio) - 1 + 2 / (9 * freedoms)) / (spread / 3))),
      ).toBeLessThan(40);
    },
  );

  test('has a radial distribution that is the plain count of pairs', async () => {
    const trajectory: string[] = [];
    const append = (piece: string | Uint8Array) => void trajectory.push(String(piece));
    const fields = { ...small, particles: 108, cutoff: 2.5, steps: 40, thermo_every: 20, trajectory_every: 20 };
    const { rdf, start } = await run({ ...fields, rdf_bins: 25 }, testContext({ artifact: () => ({ append }) }));
    const frames = trajectory
      .join('')
      .split(/^108\n/m)
      .slice(2);
    const counts = new Float64Array(25);
    for (const frame of frames) {
      const positions = frame
        .trim()
        .split('\n')
        .slice(1)
        .flatMap((line) => line.split(' ').slice(1, 4).map(Number));
      const fluid = { box: start.box, cutoff: 2.5, shift: 'none' } as never;
      for (const distance of interactions(new Float64Array(positions), fluid).distances)
        counts[Math.floor(distance * 10)]!++;
    }
    const volume = start.box[0] ** 3;
    expect(rdf).toHaveLength(25);
    for (const [bin, { r, g }] of rdf.entries()) {
      const shell = (4 / 3) * Math.PI * (((bin + 1) / 10) ** 3 - (bin / 10) ** 3);
      expect(r).toBeCloseTo((bin + 0.5) / 10, 12);
      expect(g).toBeCloseTo((counts[bin]! * volume) / (frames.length * ((108 * 107) / 2) * shell), 9);
    }
  });

  test('counts displacement from the end of the equilibration, and its slope as diffusion', async () => {
    const { msd, diffusion_coefficient, diffusion_coefficient_error, averages } = await run({
      ...small,
      ...{ temperature: 1.5, equilibration_steps: 1000, steps: 6000, thermo_every: 100 },
    });
    expect(msd).toHaveLength(60);
    expect(msd[0]!.time).toBeCloseTo(0.4, 12);
    const slope = (msd.at(-1)!.msd - msd[29]!.msd) / (msd.at(-1)!.time - msd[29]!.time);
    expect(diffusion_coefficient).toBeGreaterThan(0.04);
    expect(Math.abs(diffusion_coefficient! / (slope / 6) - 1)).toBeLessThan(0.5);
    expect(diffusion_coefficient_error).toBeGreaterThan(0);
    expect(averages.temp.error).toBeGreaterThan(0);
    expect(Math.abs(averages.temp.mean - 1.5)).toBeLessThan(0.15);
  });

  test('adds the tail to energy and pressure when asked', async () => {
    const fields = { ...small, shift: 'none', steps: 0 } as const;
    const [without, with_] = [await run(fields), await run({ ...fields, tail_correction: true })];
    const density = 0.8442;
    expect(with_.thermo[0]!.e_pair - without.thermo[0]!.e_pair).toBeCloseTo(without.start.tail_energy / 256, 12);
    const pressure = (16 / 3) * Math.PI * density ** 2 * ((2 / 3) * 2.5 ** -9 - 2.5 ** -3);
    expect(with_.thermo[0]!.press - without.thermo[0]!.press).toBeCloseTo(pressure, 12);
    expect(with_.digest).toBe(without.digest);
  });
});

/** χ² of numbers that should be standard normal, over 20 bins of equal probability. */
function chiSquare(numbers: readonly number[]): number {
  const borders = [-1.645, -1.282, -1.036, -0.842, -0.674, -0.524, -0.385, -0.253, -0.126];
  const edges = [...borders, 0, ...borders.map((border) => -border).toReversed()];
  const counts = new Array<number>(20).fill(0);
  for (const number of numbers) counts[edges.filter((edge) => edge < number).length]!++;
  const expected = numbers.length / 20;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('the rows', () => {
  test.each([
    { steps: 0, thermo_every: 10, rows: [0] },
    { steps: 25, thermo_every: 10, rows: [0, 10, 20, 25] },
    { steps: 15, equilibration_steps: 5, thermo_every: 10, rows: [0, 10, 20] },
    { steps: 3, thermo_every: 100, rows: [0, 3] },
  ])('are at the start, every $thermo_every of $steps steps, and at the end', async ({ rows, ...fields }) => {
    const { thermo } = await run({ ...small, ...fields });
    expect(thermo.map(({ step }) => step)).toEqual(rows);
    for (const { e_mol, e_pair, tot_eng, temp } of thermo) {
      expect(e_mol).toBe(0);
      expect(tot_eng).toBeCloseTo(e_pair + (1.5 * temp * 255) / 256, 12);
    }
  });
});

describe('the function', () => {
  test('answers what its result schema says, and how much work that was', async () => {
    const { result, amounts } = await runLennardJones(given(equilibrated), testContext());
    expect(v.parse(lennardJones.result, result)).toEqual(result);
    expect(amounts).toEqual({ steps: 480, particle_steps: 480 * 256 });
  });

  test('reports progress to the last step, with what is worth watching', async () => {
    const reports: number[] = [];
    const progress = (done: number, total: number, observables = {}) => {
      reports.push(done);
      expect(total).toBe(480);
      expect(Object.keys(observables)).toEqual(['temp', 'e_pair', 'tot_eng', 'press']);
    };
    await run(equilibrated, testContext({ progress }));
    expect(reports).toContain(130);
    expect(reports.at(-1)).toBe(480);
  });

  test('stops when it is told to', async () => {
    let looks = 0;
    const throwIfAborted = () => {
      if (++looks === 2) throw new Error('told to stop');
    };
    expect(await failureOf(small, testContext({ signal: { aborted: false, throwIfAborted } }))).toBe('told to stop');
  });

  test('the same seed gives the same bits, another one others', async () => {
    const [one, again, other] = [await run(small), await run(small), await run({ ...small, seed: 43 })];
    expect(again).toEqual(one);
    expect(other.digest).not.toBe(one.digest);
    expect(other.initial_digest).not.toBe(one.initial_digest);
  });

  test.each<Fields>([
    { ...small, trajectory_every: 70 },
    { ...equilibrated, precision: 'double', trajectory_every: 70 },
    { ...equilibrated, ensemble: 'nvt' },
    { ...equilibrated, thermostat: 'langevin', skin: 0.1 },
  ])('goes on from every checkpoint with the same bits, rows and frames: %o', async (fields) => {
    const whole = await record(fields);
    expect(whole.checkpoints.length).toBeGreaterThan(2);
    for (const { state, length } of whole.checkpoints) {
      const resumed = await record(fields, { resumeFrom: state });
      expect(resumed.result).toEqual(whole.result);
      expect(whole.text.slice(0, length) + resumed.text).toBe(whole.text);
    }
  });

  test('refuses a checkpoint of another simulation', async () => {
    const { checkpoints } = await record(small);
    const resumeFrom = checkpoints[0]!.state;
    expect(await failureOf({ ...small, particles: 255 }, testContext({ resumeFrom }))).toContain('bytes');
    expect(await failureOf({ ...small, rdf_bins: 7 }, testContext({ resumeFrom }))).toContain('64 are needed');
    expect(await failureOf(small, testContext({ resumeFrom: new Uint8Array(3) }))).toContain('not 4 whole parts');
  });

  test.each<Fields>([
    { particles: 2, density: 0.001 },
    { particles: 108, cutoff: 2 },
    { particles: 500, skin: 1 },
    { particles: 4000, precision: 'double' },
    { particles: 4000, density: 0.05, temperature: 0.6, steps: 300 },
    { particles: 4000, density: 1.2, cutoff: 4 },
    { particles: 32_000, steps: 5 },
  ])('holds no more memory than it says: %o', async (fields) => {
    let kernel: KernelExports | undefined;
    const instantiate: InvocationContext['instantiate'] = (name) => {
      kernel = instantiateKernel(testKernels(), name);
      return kernel as never;
    };
    await run({ steps: 50, ...fields }, testContext({ instantiate }));
    const held = kernel!.memory.buffer.byteLength;
    const estimated = kernelBytes(given(fields));
    expect(held).toBeLessThanOrEqual(estimated);
    if (given(fields).particles >= 4000) expect(estimated / held).toBeLessThan(3);
    expect(lennardJones.memory(given(fields))).toBeGreaterThan(estimated);
  });

  test('costs in proportion to atoms and steps, and more with a longer cutoff', () => {
    const cost = (fields: Fields) => lennardJones.cost(given({ steps: 100_000, thermo_every: 1000, ...fields }));
    expect(cost({ particles: 32_000 }) / cost({ particles: 4000 })).toBeCloseTo(8, 1);
    expect(cost({ steps: 200_000 }) / cost({})).toBeCloseTo(2, 1);
    expect(cost({ cutoff: 4 }) / cost({})).toBeGreaterThan(2);
    expect(cost({ precision: 'double' }) / cost({})).toBeGreaterThan(1.4);
  });

  test.each<Fields>([
    { particles: 500, timestep: 0.05, density: 1 },
    { particles: 500, timestep: 0.1, temperature: 100, thermo_every: 7 },
    { particles: 500, timestep: 0.1, ensemble: 'nvt', temperature: 50 },
  ])('that blows up fails, with the step and the remedy: %o', async (fields) => {
    expect(await failureOf(fields)).toMatch(
      /^the simulation blew up by step \d+: .* take a shorter timestep, say 0\.0/,
    );
  });
});

describe('wrong parameters', () => {
  const position = [0, 0, 0] as [number, number, number];
  const box = [6, 6, 6] as [number, number, number];

  test.each([
    { given: { density: 0 }, says: 'density must be a number from 0.000001 to 2 (given 0)' },
    // Alone: of a box of that many particles nothing is said.
    { given: { particles: -5 }, says: 'particles must be a whole number from 2 to 10000000 (given -5)' },
    { given: { density: 3 }, says: 'density must be a number from 0.000001 to 2 (given 3)' },
    {
      given: { particles: 100, density: 0.8 },
      says: "cutoff must be at most 2.5, half of the box's shortest edge; a larger one needs more particles (given 4)",
      cutoff: 4,
    },
    {
      given: { configuration: { box: [10, 7, 10], positions: [position] }, cutoff: 3.6 },
      says: "cutoff must be at most 3.5, half of the box's shortest edge; a larger one needs more particles (given 3.6)",
    },
    {
      given: { num_pasos: 1_000_001 },
      says: 'thermo_every must be at least 101 for 1000001 steps: 10000 rows (given 100)',
    },
    {
      given: { shift: 'force', tail_correction: true },
      says: 'tail_correction must be false where the potential is shifted: there is no tail to put back (given true)',
    },
    { given: { ensemble: 'npt' }, says: 'ensemble must be nve or nvt (given "npt")' },
    {
      given: { configuration: { box, positions: [position], velocities: [] } },
      says: 'configuration must have as many velocities as positions',
    },
    { given: { configuration: { box, positions: [[0, 0]] } }, says: 'configuration' },
    { given: { configuration: { blob: 'x', format: 'nist', particles: 3 } }, says: 'configuration' },
    { given: { configuration: 7 }, says: 'configuration must be {box, positions} with three numbers each' },
  ])('are refused in words that say what is allowed: $says', ({ given, says, cutoff }) => {
    const checked = checkParameters(lennardJones, cutoff ? { ...given, cutoff } : given);
    expect(checked.ok ? [] : checked.faults.map(({ detail }) => detail)).toEqual([expect.stringContaining(says)]);
  });

  test('but a cutoff of exactly half of the box is allowed', () => {
    const configuration = { box: [8, 8, 8], positions: [position] };
    expect(checkParameters(lennardJones, { configuration, cutoff: 4, skin: 3 }).ok).toBe(true);
  });
});

/** Runs, and gives what was appended to the trajectory, with every checkpoint and its length then. */
async function record(fields: Fields, overrides: Partial<InvocationContext> = {}) {
  const pieces: (string | Uint8Array)[] = [];
  const checkpoints: { state: Uint8Array; length: number }[] = [];
  const artifact = () => ({ append: (piece: string | Uint8Array) => void pieces.push(piece) });
  const checkpoint = (capture: () => Uint8Array) =>
    void checkpoints.push({ state: capture(), length: pieces.join('').length });
  const result = await run(fields, testContext({ artifact, checkpoint, ...overrides }));
  return { result, text: pieces.join(''), checkpoints };
}
