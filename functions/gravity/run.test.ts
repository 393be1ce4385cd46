import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { InvocationContext } from '../../runtime/function/context.ts';
import { instantiateKernel } from '../../runtime/function/kernel.ts';
import { testContext, testKernels } from '../test-context.ts';
import { type GravityParameters, gravity } from './declaration.ts';
import { stateBytesOf } from './estimates.ts';
import { runGravity } from './run.ts';
import { pair } from './test-bodies.ts';

const given = (fields: Partial<GravityParameters>) => v.parse(gravity.parameters, fields);
const run = async (fields: Partial<GravityParameters>, context = testContext()) =>
  (await runGravity(given(fields), context)).result;

/** Several slices, and a moment's work; an odd number of bodies. */
const small = { particles: 301, steps: 250, thermo_every: 40 } as const;
/** A step is more than a slice. */
const large = { particles: 4501, steps: 2, thermo_every: 1 } as const;

describe('two bodies', () => {
  /** Where the bodies are at the end, from the frame of a trajectory. */
  async function endOf(fields: Partial<GravityParameters>): Promise<number[][]> {
    let text = '';
    const append = (piece: string | Uint8Array) => {
      text += piece;
    };
    await run({ ...fields, trajectory_every: fields.steps! }, testContext({ artifact: () => ({ append }) }));
    const lines = text.trim().split('\n').slice(-fields.configuration!.masses.length);
    return lines.map((line) => line.split(' ').slice(1).map(Number));
  }

  test('close their orbit', async () => {
    const steps = 20_000;
    const end = await endOf({ ...pair, steps, timestep: (2 * Math.PI) / steps });
    const { positions, velocities } = pair.configuration;
    for (const [i, numbers] of end.entries()) {
      const from = [...positions[i]!, ...velocities[i]!];
      for (const [k, number] of numbers.entries()) expect(Math.abs(number - from[k]!)).toBeLessThan(1e-6);
    }
  });

  test('keep their centre moving as it does', async () => {
    const velocities = pair.configuration.velocities.map(([u, w]): [number, number, number] => [u! + 1, w!, 2]);
    const configuration = { ...pair.configuration, velocities };
    const result = await run({ ...pair, configuration, steps: 1000, timestep: 0.01 });
    expect(result.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(result.thermo.at(-1)!.momentum).toEqual([1, 0, 2].map((sum) => expect.closeTo(sum, 12)));
    // A circle is in equilibrium, wherever it goes.
    for (const { virial_ratio, lagrangian_radii } of result.thermo) {
      expect(virial_ratio).toBeCloseTo(1, 3);
      expect(lagrangian_radii[2]).toBeCloseTo(0.25, 3);
      expect(lagrangian_radii[4]).toBeCloseTo(0.75, 3);
    }
  });
});

describe('the integrator', () => {
  test('has an energy error of second order in the time step', async () => {
    const fields = { particles: 100, softening: 0.3, seed: 7, thermo_every: 1 };
    const error = async (steps: number) => (await run({ ...fields, steps, timestep: 1 / steps })).energy_drift;
    const errors = await Promise.all([25, 50, 100, 200].map(error));
    for (const [index, finer] of errors.slice(1).entries()) {
      expect(errors[index]! / finer).toBeGreaterThan(3.6);
      expect(errors[index]! / finer).toBeLessThan(4.4);
    }
  });

  test.each(['plummer', 'collision'] as const)('conserves momenta to rounding, and energy nearly: %s', async (kind) => {
    const result = await run({ particles: 400, start: kind, steps: 500 });
    expect(result.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['energy_drift', true],
      ['momentum', true],
      ['angular_momentum', true],
    ]);
    expect(result.energy_drift).toBeLessThan(1e-3);
    expect(result.momentum_drift).toBeLessThan(1e-14);
    expect(result.angular_momentum_drift).toBeLessThan(1e-13);
  });

  test('leaves a Plummer sphere as it is', async () => {
    const result = await run({ particles: 1500, steps: 200, timestep: 0.02, softening: 0.02, thermo_every: 20 });
    for (const { virial_ratio, lagrangian_radii } of result.thermo) {
      expect(Math.abs(virial_ratio! - 1)).toBeLessThan(0.1);
      expect(Math.abs(lagrangian_radii[2] / 0.769 - 1)).toBeLessThan(0.08);
    }
    expect(result.half_mass_radius).toBe(result.thermo.at(-1)!.lagrangian_radii[2]);
  });

  test('calls a result suspect whose time step was too long', async () => {
    const { checks } = await run({ particles: 100, softening: 0.001, timestep: 0.02, steps: 100, seed: 3 });
    expect(checks.find(({ name }) => name === 'energy_drift')?.ok).toBe(false);
  });
});

describe('what goes wrong', () => {
  const { positions, velocities } = pair.configuration;
  const still = velocities.map((): [number, number, number] => [0, 0, 0]);
  test.each([
    {
      name: 'bodies that fall into each other',
      fields: {
        configuration: { ...pair.configuration, velocities: still },
        timestep: 0.0513,
        steps: 1000,
        thermo_every: 1,
      },
      says: /^the energy has changed by \d+ % by step \d+: .*make timestep smaller or softening larger$/,
    },
    {
      name: 'bodies that no number can part',
      fields: {
        configuration: {
          masses: [1, 1],
          positions: [
            [0, 0, 0],
            [1e-160, 0, 0],
          ] as typeof positions,
          velocities: still,
        },
      },
      says: 'the energy is not a finite number at step 0',
    },
    {
      name: 'velocities that overflow between rows',
      fields: {
        configuration: {
          masses: [1e12, 1e12],
          positions: [
            [0, 0, 0],
            [1e-80, 0, 0],
          ] as typeof positions,
          velocities: still,
        },
        ...{ timestep: 1000, steps: 5, thermo_every: 1000 },
      },
      says: /^the energy is not a finite number at step [1-5]: /,
    },
  ])('ends with what to do: $name', async ({ fields, says }) => {
    await expect(() => run({ ...pair, ...fields })).rejects.toThrow(says);
  });
});

describe('the rows', () => {
  test.each([
    { steps: 0, thermo_every: 10, rows: [0] },
    { steps: 25, thermo_every: 10, rows: [0, 10, 20, 25] },
    { steps: 30, thermo_every: 10, rows: [0, 10, 20, 30] },
    { steps: 3, thermo_every: 100, rows: [0, 3] },
  ])('are at the start, every $thermo_every of $steps steps, and at the end', async ({ rows, ...fields }) => {
    const { thermo } = await run({ ...small, ...fields });
    expect(thermo.map(({ step }) => step)).toEqual(rows);
    for (const { kinetic_energy, potential_energy, total_energy } of thermo) {
      expect(kinetic_energy + potential_energy).toBe(total_energy);
      expect(Math.abs(total_energy / thermo[0]!.total_energy - 1)).toBeLessThan(1e-3);
    }
  });
});

/** Runs, and gives the result and `trajectory.xyz`, with its length at every checkpoint. */
async function record(fields: Partial<GravityParameters>, overrides: Partial<InvocationContext> = {}) {
  let text = '';
  const checkpoints: { state: Uint8Array; length: number }[] = [];
  const append = (piece: string | Uint8Array) => {
    text += piece;
  };
  const checkpoint = (capture: () => Uint8Array) => void checkpoints.push({ state: capture(), length: text.length });
  const result = await run(fields, testContext({ artifact: () => ({ append }), checkpoint, ...overrides }));
  return { result, text, checkpoints };
}

describe('the trajectory', () => {
  test('is the start and every hundredth step, in free space', async () => {
    const { text } = await record({ ...small, particles: 7, trajectory_every: 100 });
    expect([...text.matchAll(/Step=(\d+)/g)].map(([, step]) => Number(step))).toEqual([0, 100, 200]);
    expect(text.split('\n')).toHaveLength(3 * 9 + 1);
    expect(text).toContain('pbc="F F F"');
  });

  test('is none unless asked for', async () => {
    await run(small, testContext({ artifact: () => expect.unreachable() }));
  });
});

describe('the function', () => {
  test('answers what its result schema says, and how much work that was', async () => {
    const { result, amounts } = await runGravity(given({ ...small, steps: 3 }), testContext());
    expect(v.parse(gravity.result, result)).toEqual(result);
    expect(amounts).toEqual({ steps: 3, pair_interactions: 4 * 150 * 301 });
    expect(result.digest).not.toBe(result.initial_digest);
  });

  test('has the same bits on every machine', async () => {
    const { digest } = await run({ ...small, start: 'collision' });
    expect(digest).toBe('55e642e66d90be10ddd167f3cf346f0ca0adf992c6ff995a6f3ce747e54437ca');
  });

  test('has no virial ratio where nothing attracts', async () => {
    const configuration = { ...pair.configuration, positions: pair.configuration.positions.map(() => [1, 2, 3]) };
    const fields = { ...pair, softening: 1, configuration: configuration as typeof pair.configuration, steps: 0 };
    const result = await run(fields);
    expect(result.virial_ratio).toBeNull();
    expect(v.parse(gravity.result, result)).toEqual(result);
  });

  test('reports progress in slices, also within a step, with what is worth watching', async () => {
    for (const fields of [{ ...small, steps: 700 }, large]) {
      const reports: number[] = [];
      const progress = (done: number, total: number, observables = {}) => {
        reports.push(done);
        expect(total).toBe(fields.steps);
        expect(Object.keys(observables)).toEqual([
          ...['time', 'kinetic_energy', 'total_energy', 'virial_ratio', 'half_mass_radius'],
        ]);
      };
      await run(fields, testContext({ progress }));
      expect(reports.length).toBeGreaterThan(3);
      expect(reports).toEqual(reports.toSorted((a, b) => a - b));
      expect(reports.at(-1)).toBe(fields.steps);
    }
  });

  test('shows the bodies to whoever watches, also within a step', async () => {
    const seen: number[] = [];
    const frame: InvocationContext['frame'] = (look) => {
      const { step, positions, velocities, box } = look();
      expect([positions.length, velocities?.length, box]).toEqual([3 * 4501, 3 * 4501, null]);
      seen.push(step);
    };
    expect(await run(large, testContext({ frame }))).toEqual(await run(large));
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toBe(2);
  });

  test.each([1, 2, 4])('stops when it is told to, at look %d', async (look) => {
    let looks = 0;
    const throwIfAborted = () => {
      if (++looks === look) throw new Error('told to stop');
    };
    const stopped = run(large, testContext({ signal: { aborted: false, throwIfAborted } }));
    await expect(stopped).rejects.toThrow('told to stop');
  });

  test.each([
    { name: 'slices of many steps', fields: { ...small, trajectory_every: 90 } },
    { name: 'slices of less than a step', fields: { ...large, trajectory_every: 1 } },
    { name: 'given bodies', fields: { ...pair, steps: 100, thermo_every: 30, trajectory_every: 40 } },
  ])('goes on from every checkpoint with the same bits, all rows and frames: $name', async ({ fields }) => {
    const whole = await record(fields);
    expect(whole.checkpoints.length).toBeGreaterThan(3);
    for (const { state, length } of whole.checkpoints) {
      const rest = await record(fields, { resumeFrom: state });
      expect(rest.result).toEqual(whole.result);
      expect(whole.text.slice(0, length) + rest.text === whole.text).toBe(true);
    }
  });

  test('refuses a checkpoint of another simulation', async () => {
    await expect(run(small, testContext({ resumeFrom: new Uint8Array(64) }))).rejects.toThrow('64 bytes');
    const { checkpoints } = await record({ ...small, particles: 300 });
    const resumeFrom = checkpoints[0]!.state;
    await expect(run(small, testContext({ resumeFrom }))).rejects.toThrow('but this simulation');
  });

  test('holds no more memory than it says', async () => {
    const fields = { ...large, steps: 1 };
    let bytes = 0;
    const instantiate: InvocationContext['instantiate'] = (name) => {
      const kernel = instantiateKernel(testKernels(), name);
      queueMicrotask(() => {
        bytes = kernel.memory.buffer.byteLength;
      });
      return kernel as never;
    };
    const { checkpoints } = await record(fields, { instantiate });
    const states = 3 * Math.max(...checkpoints.map(({ state }) => state.length));
    expect(states).toBeGreaterThan(3 * stateBytesOf(4501));
    expect(bytes).toBeGreaterThan(4501 * 144);
    expect(bytes + states).toBeLessThanOrEqual(gravity.memory(given(fields)));
  });
});
