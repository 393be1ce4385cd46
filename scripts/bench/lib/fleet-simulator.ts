/**
 * A fleet in virtual time: workers of different speeds that may fail, tasks of known cost, and something that decides
 * who gets what. The real policy and the real estimates of the orchestrator decide, or what they are compared with.
 */
import { Estimates } from '../../../runtime/orchestrator/dispatch/estimates.ts';
import {
  type Assignment,
  type RunningView,
  type SchedulingView,
  schedule,
  speculate,
} from '../../../runtime/orchestrator/dispatch/scheduler.ts';
import type { QueuedTask } from '../../../runtime/orchestrator/ledger/ledger-types.ts';
import { EventQueue } from './event-queue.ts';

/** A fleet and its work. */
export interface Scenario {
  readonly name: string;
  /** Cost units a millisecond, of each worker. */
  readonly speeds: readonly number[];
  readonly slots: number;
  /** The cost of each task, in the order of submission. */
  readonly costs: readonly number[];
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Every attempt takes its time × (1 ± this). */
  readonly jitter: number;
  /** This part of the attempts takes five times as long: something else runs there. */
  readonly stragglers: number;
  /** Whether each worker has finished a task before, so that its speed is known: the ledger keeps what was learned. */
  readonly isLearned: boolean;
  /** What happens within so many milliseconds is decided on together, as while a decision is being made. */
  readonly grainMs: number;
  /** A worker fails after so many milliseconds on average and is back a while later; 0: never. */
  readonly meanMsToFailure: number;
}

/** What became of it. */
export interface Outcome {
  readonly makespanMs: number;
  readonly decisions: number;
  /** Milliseconds of real processor time that the policy took for them. */
  readonly policyMs: number;
  readonly copies: number;
  readonly lost: number;
}

export type PolicyName = 'motes' | 'in turn' | 'random pull';

/** As the dispatcher has them. */
const WINDOW_TASKS = 2048;
const TICK_MS = 500;
const AWAY_MS = 5_000;
const STRAGGLER_FACTOR = 5;
const FUNCTION = 'simulated';
/** What was finished before. */
const SAMPLE = { function: FUNCTION, cost: 1_000 };

interface Attempt {
  readonly task: QueuedTask;
  readonly worker: SimulatedWorker;
  beganAt: number;
  durationMs: number;
}

interface SimulatedWorker {
  readonly id: string;
  readonly speed: number;
  readonly running: Set<Attempt>;
  readonly waiting: Attempt[];
  isUp: boolean;
}

type Event =
  | { readonly kind: 'ended'; readonly attempt: Attempt }
  | { readonly kind: 'failed' | 'back'; readonly worker: SimulatedWorker }
  | { readonly kind: 'tick' };

/** Runs a scenario under a policy to its end. */
export function simulate(scenario: Scenario, policy: PolicyName): Outcome {
  return new Simulation(scenario, policy).run();
}

/** No schedule is shorter: all work at all speeds together, or the longest task on the fastest worker. */
export function lowerBoundMs({ speeds, slots, costs }: Scenario): number {
  const all = sum(costs) / (slots * sum(speeds));
  return Math.max(all, costs.reduce((a, b) => Math.max(a, b)) / speeds.reduce((a, b) => Math.max(a, b)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #policy: PolicyName;
  readonly #workers: SimulatedWorker[];
  readonly #events = new EventQueue<Event>();
  readonly #estimates = new Estimates();
  readonly #live = new Map<number, Set<Attempt>>();
  readonly #ended = new Set<number>();
  /** Costly ones first, as the ledger gives them; the next one is the last. */
  readonly #queue: QueuedTask[];
  #window: QueuedTask[] = [];
  #now = 0;
  #decisions = 0;
  #policyMs = 0;
  #copies = 0;
  #lost = 0;

  constructor(scenario: Scenario, policy: PolicyName) {
    this.#scenario = scenario;
    this.#policy = policy;
    this.#workers = scenario.speeds.map((speed, index) => {
      return { id: `w${index}`, speed, running: new Set(), waiting: [], isUp: true };
    });
    this.#queue = scenario.costs.map(toTask);
    if (policy === 'motes') this.#queue.sort((a, b) => a.cost - b.cost || b.key - a.key);
  }

  run(): Outcome {
    for (const worker of this.#workers) this.#planFailure(worker);
    if (this.#scenario.isLearned)
      for (const { id, speed } of this.#workers) this.#estimates.learn(SAMPLE, id, SAMPLE.cost / speed);
    if (this.#policy === 'in turn') this.#dealOut();
    this.#events.push(TICK_MS, { kind: 'tick' });
    this.#decide();
    const count = this.#scenario.costs.length;
    while (this.#ended.size < count) {
      const until = this.#events.nextAt + this.#scenario.grainMs;
      while (this.#events.nextAt < until && this.#ended.size < count) this.#happen();
      this.#decide();
    }
    const { ...totals } = {
      decisions: this.#decisions,
      policyMs: this.#policyMs,
      copies: this.#copies,
      lost: this.#lost,
    };
    return { makespanMs: this.#now, ...totals };
  }

  // ---- what happens ----

  #happen(): void {
    this.#now = this.#events.nextAt;
    const event = this.#events.pop()!;
    if (event.kind === 'ended') this.#end(event.attempt);
    else if (event.kind === 'failed') this.#fail(event.worker);
    else if (event.kind === 'back') this.#return(event.worker);
    else this.#tick();
  }

  #end(attempt: Attempt): void {
    const { task, worker, durationMs } = attempt;
    // It was stopped meanwhile, or lost with its worker.
    if (!worker.running.has(attempt)) return;
    this.#estimates.learn(task, worker.id, durationMs);
    this.#ended.add(task.key);
    for (const one of this.#live.get(task.key) ?? []) this.#remove(one);
    this.#live.delete(task.key);
  }

  #remove(attempt: Attempt): void {
    const { worker } = attempt;
    if (!worker.running.delete(attempt)) worker.waiting.splice(worker.waiting.indexOf(attempt), 1);
    this.#live.get(attempt.task.key)?.delete(attempt);
    this.#beginNext(worker);
  }

  #fail(worker: SimulatedWorker): void {
    worker.isUp = false;
    const attempts = [...worker.running, ...worker.waiting];
    worker.running.clear();
    worker.waiting.length = 0;
    for (const attempt of attempts) this.#lose(attempt);
    this.#events.push(this.#now + AWAY_MS, { kind: 'back', worker });
  }

  #lose(attempt: Attempt): void {
    const { task, worker } = attempt;
    this.#lost += 1;
    // Dealt out tasks stay with their worker until it is back.
    if (this.#policy === 'in turn') worker.waiting.push(attempt);
    else {
      const others = this.#live.get(task.key)!;
      others.delete(attempt);
      if (others.size === 0) this.#queue.push({ ...task, attempts: task.attempts + 1, lastWorkerId: worker.id });
    }
  }

  #return(worker: SimulatedWorker): void {
    worker.isUp = true;
    this.#planFailure(worker);
    for (let slot = 0; slot < this.#scenario.slots; slot++) this.#beginNext(worker);
  }

  #planFailure(worker: SimulatedWorker): void {
    const { meanMsToFailure, random } = this.#scenario;
    if (meanMsToFailure === 0) return;
    this.#events.push(this.#now - meanMsToFailure * Math.log(1 - random()), { kind: 'failed', worker });
  }

  #tick(): void {
    this.#events.push(this.#now + TICK_MS, { kind: 'tick' });
    if (this.#policy !== 'motes' || this.#window.length + this.#queue.length > 0) return;
    const running = [...this.#live.values()].flatMap((attempts) => [...attempts].map((one) => this.#view(one)));
    const copies = this.#timed(() => speculate(running, this.#schedulingView()));
    this.#copies += copies.length;
    this.#assign(copies);
  }

  // ---- what is decided ----

  #decide(): void {
    if (this.#policy === 'motes') this.#decideByPolicy();
    else if (this.#policy === 'random pull') this.#pullAtRandom();
  }

  #decideByPolicy(): void {
    if (!this.#workers.some((worker) => worker.isUp && held(worker) < this.#scenario.slots)) return;
    const missing = WINDOW_TASKS - this.#window.length;
    if (this.#window.length <= WINDOW_TASKS / 4) this.#window.push(...this.#queue.splice(-missing).reverse());
    const view = this.#schedulingView();
    const assignments = this.#timed(() => schedule(view));
    this.#decisions += assignments.length;
    const taken = new Set(assignments.map(({ task }) => task.key));
    this.#window = this.#window.filter(({ key }) => !taken.has(key));
    this.#assign(assignments);
  }

  #timed<T>(decide: () => T): T {
    const before = process.threadCpuUsage();
    const result = decide();
    const { user, system } = process.threadCpuUsage(before);
    this.#policyMs += (user + system) / 1000;
    return result;
  }

  #schedulingView(): SchedulingView {
    const workers = this.#workers.filter(({ isUp }) => isUp);
    return {
      queued: this.#window,
      workers: workers.map((worker) => ({
        id: worker.id,
        slots: this.#scenario.slots,
        slotMemoryBytes: 2 ** 30,
        functions: FUNCTIONS,
        remainingMs: [...worker.running, ...worker.waiting].map((attempt) => this.#view(attempt).remainingMs),
        chunks: 0,
        isOnProbation: false,
      })),
      heldByRun: new Map(),
      speedOf: (name, workerId) => this.#estimates.speed(name, workerId),
    };
  }

  #view({ task, worker, beganAt }: Attempt): RunningView {
    const elapsedMs = this.#now - beganAt;
    const expectedMs = this.#estimates.ms(task, worker.id);
    // An overdue one is expected to take as long again as it is late.
    const remainingMs = Math.abs(expectedMs - elapsedMs);
    const copies = this.#live.get(task.key)!.size;
    return { task, workerId: worker.id, elapsedMs, remainingMs, expectedMs, copies };
  }

  #assign(assignments: readonly Assignment[]): void {
    for (const { task, workerId } of assignments) this.#give(task, this.#workers[Number(workerId.slice(1))]!);
  }

  #dealOut(): void {
    for (const [index, task] of this.#queue.entries()) this.#give(task, this.#workers[index % this.#workers.length]!);
    this.#queue.length = 0;
  }

  #pullAtRandom(): void {
    for (const worker of this.#workers) {
      while (worker.isUp && held(worker) < this.#scenario.slots && this.#queue.length > 0) {
        const index = Math.floor(this.#scenario.random() * this.#queue.length);
        const task = this.#queue[index]!;
        this.#queue[index] = this.#queue.at(-1)!;
        this.#queue.pop();
        this.#give(task, worker);
      }
    }
  }

  #give(task: QueuedTask, worker: SimulatedWorker): void {
    const attempt = { task, worker, beganAt: this.#now, durationMs: 0 };
    const attempts = this.#live.get(task.key);
    if (attempts) attempts.add(attempt);
    else this.#live.set(task.key, new Set([attempt]));
    worker.waiting.push(attempt);
    this.#beginNext(worker);
  }

  #beginNext(worker: SimulatedWorker): void {
    if (!worker.isUp || worker.running.size >= this.#scenario.slots) return;
    const attempt = worker.waiting.shift();
    if (!attempt) return;
    const { jitter, stragglers, random } = this.#scenario;
    const factor = random() < stragglers ? STRAGGLER_FACTOR : 1 + jitter * (2 * random() - 1);
    attempt.beganAt = this.#now;
    attempt.durationMs = (factor * attempt.task.cost) / worker.speed;
    worker.running.add(attempt);
    this.#events.push(this.#now + attempt.durationMs, { kind: 'ended', attempt });
  }
}

const FUNCTIONS = { [FUNCTION]: '1' };

function held(worker: SimulatedWorker): number {
  return worker.running.size + worker.waiting.length;
}

function toTask(cost: number, index: number): QueuedTask {
  return {
    ...{ key: index + 1, run: 1, runId: 'r', id: `t${index}`, type: FUNCTION, function: FUNCTION, parameters: '{}' },
    ...{ priority: 5, cost, memoryBytes: 0, timeoutMs: null, attempts: 0, lastWorkerId: null },
  };
}
