/** What the tests submit: tasks of several kinds, the same for the same seed, each with what may become of it. */
import type { Task, TaskStatus } from '../../wire/task.ts';
import type { SeededRandom } from './random.ts';

/** A task, and how it must end whatever happens to the machines. */
export interface ExpectedTask {
  readonly request: { readonly id: string; readonly type: string } & Record<string, unknown>;
  readonly ends: Extract<TaskStatus, 'succeeded' | 'failed'>;
  /** What its error may be, where it fails. */
  readonly codes: readonly string[];
}

/** Tasks that are submitted together. */
export interface Batch {
  readonly idempotencyKey: string;
  readonly tasks: readonly ExpectedTask[];
}

/** Lost workers must not use up retries here: then a task's end would depend on luck. */
const RETRIES = 100;

/** How often each kind comes in a hundred tasks. */
const KINDS = { noop: 53, short: 34, medium: 5, long: 3, throws: 2, exits: 1, spins: 1, patient: 1 };
type Kind = keyof typeof KINDS;

/** Makes batches of tasks; ids are unique over all of them. */
export function makeWorkload(random: SeededRandom, tasks: number, batches: number): Batch[] {
  const kinds = random.shuffled(Array.from({ length: tasks }, (_, index) => kindOf(index)));
  const made = kinds.map((kind, index) => makeTask(`${kind}-${index + 1}`, kind, random));
  const size = Math.ceil(tasks / batches);
  return Array.from({ length: batches }, (_, index) => ({
    idempotencyKey: `batch-${index + 1}-${random.integer(0, 2 ** 31)}`,
    tasks: made.slice(index * size, (index + 1) * size),
  }));
}

/** The same mix in every hundred. */
function kindOf(index: number): Kind {
  let place = index % 100;
  for (const [kind, share] of Object.entries(KINDS) as [Kind, number][]) {
    if (place < share) return kind;
    place -= share;
  }
  return 'noop';
}

function makeTask(id: string, kind: Kind, random: SeededRandom): ExpectedTask {
  const common: Common = { id, retries: RETRIES, priority: random.integer(4, 6) };
  switch (kind) {
    case 'noop':
      return { request: { ...common, type: 'noop' }, ends: 'succeeded', codes: [] };
    case 'short':
      return disks(common, random, random.integer(10, 200), random.integer(100, 2_000));
    case 'medium':
      return disks(common, random, random.integer(300, 800), random.integer(10_000, 20_000));
    case 'long':
      return disks(common, random, 1_000, random.integer(150_000, 250_000));
    case 'throws':
      return fault({ ...common, retries: 2, retry_on: ['function_error', 'worker_lost'] }, 'throw', [
        'function_error',
        'worker_lost',
      ]);
    case 'exits':
      return fault(common, 'exit', ['function_error']);
    case 'spins':
      return fault({ ...common, timeout_ms: random.integer(100, 400) }, 'spin_in_kernel', ['timeout']);
    case 'patient':
      return fault({ ...common, retries: 1, timeout_ms: 100, retry_on: ['timeout', 'worker_lost'] }, 'spin', [
        'timeout',
        'worker_lost',
      ]);
  }
}

/** Fields that tasks of all kinds have. */
interface Common {
  readonly id: string;
  readonly priority: number;
  readonly retries: number;
  readonly timeout_ms?: number;
  readonly retry_on?: readonly string[];
}

function disks(common: Common, random: SeededRandom, particles: number, steps: number): ExpectedTask {
  const parameters = { particles, steps, seed: random.integer(0, 2 ** 32 - 1) };
  return { request: { ...common, type: 'benchmark_wasm', parameters }, ends: 'succeeded', codes: [] };
}

function fault(common: Common, how: string, codes: readonly string[]): ExpectedTask {
  return { request: { ...common, type: 'faulty', parameters: { how } }, ends: 'failed', codes };
}

/** What must be the same in every run of a task: its end, and the bits of its result. */
export function outcomeOf(task: Pick<Task, 'status' | 'result'>): string {
  return `${task.status} ${JSON.stringify(task.result)}`;
}
