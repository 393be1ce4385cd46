/**
 * Computes all tasks on whichever Node runs this, and prints what each came to as a line of JSON. Bundled, since an older
 * Node does not read TypeScript. The kernels' folder is its one argument.
 */
import { createHash } from 'node:crypto';
import { findDeclaration } from '../../../functions/catalogue.ts';
import { work } from '../../../functions/work.ts';
import type { InvocationContext } from '../../function/context.ts';
import { compileKernels, instantiateKernel } from '../../function/kernel.ts';
import { checkParameters } from '../../function/parameters.ts';
import type { Outcome } from './outcomes.ts';
import { type DeterminismTask, tasks } from './tasks.ts';

const folder = process.argv[2]!;

interface Computed {
  readonly result: Readonly<Record<string, unknown>>;
  readonly artifacts: string;
  readonly states: readonly Uint8Array[];
}

async function compute(task: DeterminismTask): Promise<Outcome> {
  const whole = await run(task, null);
  const middle = whole.states[Math.floor(whole.states.length / 2)];
  const { name, type } = task;
  return {
    ...{ name, type, result: whole.result, digest: sha256(JSON.stringify(whole.result)), artifacts: whole.artifacts },
    // One that has taken no state has nothing to go on from.
    resumed: middle ? sha256(JSON.stringify((await run(task, middle)).result)) : null,
  };
}

async function run({ type, parameters }: DeterminismTask, resumeFrom: Uint8Array | null): Promise<Computed> {
  const declaration = findDeclaration(type)!;
  const checked = checkParameters(declaration, parameters);
  if (!checked.ok) throw new Error(`${type}: ${JSON.stringify(checked.faults)}`);
  const kernels = compileKernels(declaration.kernel ? [declaration.kernel] : [], folder);
  const artifacts = createHash('sha256');
  const states: Uint8Array[] = [];
  const context: InvocationContext = {
    signal: { aborted: false, throwIfAborted: () => {} },
    progress: () => {},
    checkpoint: (capture) => void states.push(capture().slice()),
    frame: () => {},
    artifact: (name) => ({ append: (piece) => void artifacts.update(name).update(piece) }),
    input: () => new Uint8Array(),
    resumeFrom,
    instantiate: (name) => instantiateKernel(kernels, name),
    log: () => {},
  };
  const { result } = await work[declaration.name]!(checked.parameters, context);
  return { result: result as Record<string, unknown>, artifacts: artifacts.digest('hex'), states };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

for (const task of tasks) process.stdout.write(`${JSON.stringify(await compute(task))}\n`);
