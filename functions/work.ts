import type { FunctionDeclaration, Run } from '../runtime/function/declaration.ts';
import { benchmark } from './benchmark/declaration.ts';
import { runBenchmark } from './benchmark/run.ts';
import { benchmarkWasm } from './benchmark_wasm/declaration.ts';
import { runBenchmarkWasm } from './benchmark_wasm/run.ts';
import { brownian } from './brownian/declaration.ts';
import { runBrownian } from './brownian/run.ts';
import { faulty } from './faulty/declaration.ts';
import { runFaulty } from './faulty/run.ts';
import { gravity } from './gravity/declaration.ts';
import { runGravity } from './gravity/run.ts';
import { hardDisks } from './hard_disks/declaration.ts';
import { runHardDisks } from './hard_disks/run.ts';
import { hardDisksEdmd } from './hard_disks_edmd/declaration.ts';
import { runHardDisksEdmd } from './hard_disks_edmd/run.ts';
import { lennardJones } from './lennard_jones/declaration.ts';
import { runLennardJones } from './lennard_jones/run.ts';
import { noop } from './noop/declaration.ts';
import { runNoop } from './noop/run.ts';

/**
 * What runs, by the function's name. Only workers import this. A run takes parameters that its own declaration's
 * schema has checked; here, where all of them meet, the types no longer say so.
 */
export const work: Readonly<Record<string, Run>> = Object.fromEntries([
  workOf(benchmark, runBenchmark),
  workOf(benchmarkWasm, runBenchmarkWasm),
  workOf(hardDisks, runHardDisks),
  workOf(hardDisksEdmd, runHardDisksEdmd),
  workOf(brownian, runBrownian),
  workOf(gravity, runGravity),
  workOf(lennardJones, runLennardJones),
  workOf(noop, runNoop),
  workOf(faulty, runFaulty),
]);

/** One entry; the compiler checks that the work is that of the declaration. */
function workOf<Declaration extends FunctionDeclaration>(
  declaration: Declaration,
  run: Run<Declaration>,
): [string, Run] {
  return [declaration.name, run as unknown as Run];
}
