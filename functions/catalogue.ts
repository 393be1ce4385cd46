import type { FunctionDeclaration } from '../runtime/function/declaration.ts';
import { benchmark } from './benchmark/declaration.ts';
import { benchmarkWasm } from './benchmark_wasm/declaration.ts';
import { brownian } from './brownian/declaration.ts';
import { faulty } from './faulty/declaration.ts';
import { gravity } from './gravity/declaration.ts';
import { hardDisks } from './hard_disks/declaration.ts';
import { hardDisksEdmd } from './hard_disks_edmd/declaration.ts';
import { lennardJones } from './lennard_jones/declaration.ts';
import { noop } from './noop/declaration.ts';

/** Every function, as it is declared. What runs them stands in `work.ts`. */
export const declarations: readonly FunctionDeclaration[] = [
  benchmark,
  benchmarkWasm,
  hardDisks,
  hardDisksEdmd,
  brownian,
  gravity,
  lennardJones,
  noop,
  faulty,
];

const byName = new Map(
  declarations.flatMap((declaration) =>
    [declaration.name, ...declaration.alsoNamed].map((name) => [name, declaration] as const),
  ),
);

/** The function that serves tasks of this type; null when none does. */
export function findDeclaration(type: string): FunctionDeclaration | null {
  return byName.get(type) ?? null;
}
