/** A user who submits, cancels, retries, and repeats what was not answered. */
import { asProblem } from '../../wire/problem.ts';
import type { NewTaskRow } from '../ledger/ledger-rows.ts';
import type { VirtualClock } from './clock.ts';
import type { Invariants } from './invariants.ts';
import type { Random } from './random.ts';
import { FUNCTION_NAMES, randomTask, type TaskParameters } from './simulated-function.ts';
import type { SimulatedOrchestrator } from './simulated-orchestrator.ts';
import type { Trace } from './trace.ts';

export interface UserWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly trace: Trace;
  readonly orchestrator: SimulatedOrchestrator;
  readonly invariants: Invariants;
  /** Workers and network are to be well. */
  readonly isCalm: boolean;
}

/** A user who was not answered comes back after this. */
const PATIENCE_MS = 700;
const LINES_A_BATCH = 3;

export class User {
  readonly #world: UserWorld;
  readonly #kinds: readonly TaskParameters['kind'][];
  /** Runs that were accepted, and the tasks of each. */
  readonly #runs = new Map<string, readonly NewTaskRow[]>();
  #submissions = 0;
  /** Submissions that are not answered yet. */
  #unanswered = 0;

  constructor(world: UserWorld) {
    this.#world = world;
    // Few are deadly: a fleet that dies all the time shows little else.
    const isDeadly = world.random.chance(0.15) && !world.isCalm;
    const kinds = world.random.some(FUNCTION_NAMES, 0.6).filter((kind) => kind !== 'deadly' || isDeadly);
    this.#kinds = kinds.length > 0 ? kinds : ['short'];
  }

  get isWaiting(): boolean {
    return this.#unanswered > 0;
  }
  get runs(): string[] {
    return [...this.#runs.keys()];
  }

  /** Submits a run, over and over until it is answered; without a key only once. */
  submit(tasks = this.#world.random.integer(1, 6)): void {
    const { random } = this.#world;
    const hasKey = random.chance(0.6);
    const runId = this.#newRunId(hasKey ? 'k' : 'r');
    const rows = Array.from({ length: tasks }, (_, number) => randomTask(random, runId, number, this.#kinds));
    const key = hasKey ? { key: `key of ${runId}`, digest: runId } : null;
    if (!hasKey && random.chance(0.5)) void this.#stream(runId, rows);
    else void this.#execute(runId, rows, key);
  }

  #newRunId(letter: string): string {
    this.#submissions += 1;
    return `${letter}${this.#submissions}`;
  }

  /** `POST /execute_tasks`. */
  async #execute(
    runId: string,
    rows: readonly NewTaskRow[],
    key: { key: string; digest: string } | null,
  ): Promise<void> {
    const { orchestrator, invariants, trace, clock } = this.#world;
    this.#unanswered += 1;
    for (let tries = 1; ; tries += 1) {
      try {
        // Each try asks for a name of its own, as the server gives each a new one.
        const name = tries === 1 ? runId : `${runId}-${tries}`;
        const answer = await orchestrator.ask(async ({ ledger, dispatcher }) => {
          const submitted = await ledger.submit(name, rows, key);
          if (!submitted.isReplay) dispatcher.tasksQueued();
          return submitted;
        });
        if (answer.isReplay) trace.mark('idempotent repetition after a crash');
        trace.note(`user has ${answer.run.run_id} accepted`);
        this.#accept(answer.run.run_id, rows);
        invariants.accepted(
          answer.run.run_id,
          rows.map(({ id }) => id),
        );
        break;
      } catch (error) {
        trace.note(`user is not answered about ${runId}: ${asProblem(error).message}`);
        // Without a key it would be a new run: this user would rather look first.
        if (!key && tries > 1) break;
      }
      await new Promise<void>((resolve) => clock.after(PATIENCE_MS, resolve));
    }
    this.#unanswered -= 1;
  }

  /** `POST /tasks`, which may break off in the middle. */
  async #stream(runId: string, rows: readonly NewTaskRow[]): Promise<void> {
    const { orchestrator, invariants, trace, random, clock } = this.#world;
    const breaksOff = random.chance(0.3);
    this.#unanswered += 1;
    try {
      await orchestrator.ask(async ({ ledger, dispatcher }) => {
        const run = await ledger.receive(runId);
        for (let first = 0; first < rows.length; first += LINES_A_BATCH) {
          await ledger.receiveTasks(run, rows.slice(first, first + LINES_A_BATCH));
          await new Promise<void>((resolve) => clock.after(random.integer(0, 300), resolve));
        }
        if (breaksOff) {
          while (await ledger.discard(run));
          return;
        }
        await ledger.activate(run);
        dispatcher.tasksQueued();
        trace.mark('accepted over a stream');
        this.#accept(runId, rows);
        invariants.accepted(
          runId,
          rows.map(({ id }) => id),
        );
      });
    } catch (error) {
      trace.note(`user's stream ${runId} broke: ${asProblem(error).message}`);
    }
    this.#unanswered -= 1;
  }

  #accept(runId: string, rows: readonly NewTaskRow[]): void {
    this.#runs.set(runId, rows);
  }

  /** Cancels a task or a whole run, any. */
  cancelSomething(): void {
    if (this.#runs.size === 0) return;
    const { random } = this.#world;
    const runId = random.pick(this.runs);
    void this.cancel(runId, random.chance(0.5) ? null : random.pick(this.#runs.get(runId)!).id);
  }

  retrySomething(): void {
    if (this.#runs.size === 0) return;
    const { orchestrator, random, trace, invariants } = this.#world;
    const runId = random.pick(this.runs);
    const work = orchestrator.ask(async ({ ledger, dispatcher }) => {
      invariants.reviving(runId);
      await ledger.retry(runId, null, ['failed', 'cancelled']).finally(() => invariants.revived(runId));
      dispatcher.tasksQueued();
      trace.mark('retried by its user');
    });
    work.catch(() => {});
  }

  /** Forgets runs that have ended, as retention does. */
  prune(): void {
    const { orchestrator, clock, trace } = this.#world;
    const before = clock.now();
    const work = orchestrator.ask(async ({ ledger }) => {
      // Promises end with the call, whether or not it is answered.
      const ended = (await ledger.runs(100)).filter(({ ended_at }) => ended_at !== null && ended_at < before);
      for (const { run_id } of ended) this.#forget(run_id);
      while ((await ledger.prune(before, null)).isPartial) trace.mark('run pruned');
    });
    work.catch(() => {});
  }

  #forget(runId: string): void {
    this.#runs.delete(runId);
    this.#world.invariants.pruned(runId);
  }

  /** Cancels a task, or a whole run; whoever wants to be sure looks whether it worked. */
  async cancel(runId: string, taskId: string | null): Promise<void> {
    const { orchestrator, trace } = this.#world;
    const work = orchestrator.ask(async ({ ledger, dispatcher }) => {
      const { stop } = await ledger.cancel(runId, taskId);
      dispatcher.attemptsCancelled(stop);
      if (stop.length > 0) trace.mark('cancelled while running');
      trace.note(`user cancelled ${runId}/${taskId ?? '*'}`);
    });
    await work.catch(() => {});
  }
}
