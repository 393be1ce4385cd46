import { describe, expect, test } from 'vitest';
import { checkParameters } from '../../runtime/function/parameters.ts';
import { findDeclaration } from '../catalogue.ts';
import { testContext } from '../test-context.ts';
import { work } from '../work.ts';
import type { HardDiskResult } from './result.ts';
import vectors from './vectors.json' with { type: 'json' };

describe.each(['benchmark', 'benchmark_wasm', 'benchmark_cython'])('%s', (type) => {
  test.each(vectors.cases)(
    'ends with the bits of the original: $parameters.num_particulas disks, $parameters.num_pasos steps, seed $parameters.semilla',
    async ({ parameters, cython_seconds: _, kinetic_energy, ...bits }) => {
      const declaration = findDeclaration(type)!;
      const checked = checkParameters(declaration, parameters);
      if (!checked.ok) throw new Error(checked.faults[0]?.detail);
      const { result } = await work[declaration.name]!(checked.parameters, testContext());
      const { parameters: __, ...expected } = { parameters, ...bits };
      expect(result).toMatchObject(expected);
      expect((result as HardDiskResult).kinetic_energy / kinetic_energy).toBeCloseTo(1, 12);
    },
  );
});
