/** One schedule: a fleet, a user, faults, and in the end the question whether all is well; everything from one seed. */
import { openDatabase } from '../ledger/database.ts';
import { createInlineLedger } from '../ledger/inline-ledger.ts';
import { Ledger } from '../ledger/ledger.ts';
import { Store } from '../ledger/store.ts';
import { drive, VirtualClock } from './clock.ts';
import { type FaultPlan, Faults, randomPlan } from './faults.ts';
import { Invariants } from './invariants.ts';
import { Network } from './network.ts';
import { Random } from './random.ts';
import { FUNCTION_NAMES } from './simulated-function.ts';
import type { Disk } from './simulated-ledger.ts';
import { SimulatedOrchestrator } from './simulated-orchestrator.ts';
import { SimulatedWorker } from './simulated-worker.ts';
import { type Marker, Trace } from './trace.ts';
import { User } from './user.ts';
import { Violation } from './violation.ts';
import type { WorkerNature } from './worker-nature.ts';

/** How a schedule went. */
export interface Report {
  readonly seed: number;
  /** What does not hold; null when all does. */
  readonly failure: string | null;
  readonly digest: string;
  readonly trace: readonly string[];
  readonly markers: ReadonlyMap<Marker, number>;
  /** Virtual time that it took. */
  readonly elapsedMs: number;
}

/** Everything must have ended this long after the last fault: quarantines last up to ten minutes. */
const PATIENCE_MS = 3 * 3_600_000;
/** Then nothing is left over: strays, open streams, what the dispatcher holds. */
const QUIET_MS = 12_000;
const CHECK_MS = 1_000;
/** Far more events than three hours have where nobody goes round in circles. */
const MAX_STEPS = 200_000;
const SECONDS_A_CHECK = 5;
const REGISTER_MS = 2_000;

/** Runs the schedule of a seed. */
export async function runSchedule(seed: number): Promise<Report> {
  const schedule = new Schedule(seed);
  const failure = await schedule.run().then(
    () => null,
    (error: Error) => (error instanceof Violation ? error.message : (error.stack ?? error.message)),
  );
  const { trace, clock } = schedule;
  if (failure) trace.note(`FAILURE ${failure.split('\n')[0]}`);
  return {
    ...{ seed, failure, digest: trace.digest(), trace: trace.lines, markers: trace.markers },
    elapsedMs: clock.elapsedMs,
  };
}

class Schedule {
  readonly clock = new VirtualClock();
  readonly trace = new Trace(this.clock);
  readonly #random: Random;
  readonly #plan: FaultPlan;
  readonly #db = openDatabase(':memory:');
  readonly #network: Network;
  readonly #workers: SimulatedWorker[];
  readonly #orchestrator: SimulatedOrchestrator;
  readonly #user: User;
  readonly #faults: Faults;
  readonly #invariants: Invariants;
  readonly #openRuns = this.#db.prepare(
    `SELECT id, status, queued, running FROM runs WHERE status IN ('active', 'receiving')`,
  );
  #seconds = 0;
  #steps = 0;
  #phase: 'faults' | 'recovery' | 'quiet' | 'over' = 'faults';
  #deadlineMs = Number.POSITIVE_INFINITY;
  #error: unknown;

  constructor(seed: number) {
    const random = new Random(seed);
    const { clock, trace } = this;
    this.#random = random;
    this.#plan = randomPlan(random);
    const store = new Store(this.#db);
    const ledger = new Ledger(store, { now: clock.now, random: () => random.next(), exportsResults: false });
    this.#invariants = new Invariants(this.#db, trace, (worker) => this.#faults.restartSoon(worker));
    this.#network = new Network(clock, trace, random);
    this.#workers = randomFleet(random).map((nature) => new SimulatedWorker(nature, this.#network, this.#invariants));
    const disk: Disk = { commitMs: 3, killsIn: 'none', kill: () => this.#faults.kill() };
    const world = { clock, random, trace, network: this.#network, disk, invariants: this.#invariants };
    this.#orchestrator = new SimulatedOrchestrator({
      ...world,
      inline: createInlineLedger(ledger, store),
      named: this.#workers
        .filter(({ nature }) => !nature.registers)
        .map(({ id }, index) => ({ id, host: id, port: 8_001 + index })),
      speculation: !this.#plan.isCalm && random.chance(0.7),
      taskKey: (runId, id) => this.#invariants.taskKey(runId, id),
    });
    this.#user = new User({ ...world, orchestrator: this.#orchestrator, isCalm: this.#plan.isCalm });
    this.#faults = new Faults({ ...world, workers: this.#workers, orchestrator: this.#orchestrator, user: this.#user });
  }

  async run(): Promise<void> {
    try {
      this.#begin();
      await drive(() => this.#step());
      if (this.#error) throw this.#error;
    } finally {
      this.#db.close();
    }
  }

  #step(): boolean {
    this.#error ??= this.trace.violation;
    if (this.#phase === 'over' || this.#error) return false;
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) this.trace.violate(`it runs hot: ${MAX_STEPS} events`);
    return this.clock.step();
  }

  #begin(): void {
    const { clock } = this;
    const random = this.#random;
    this.trace.note(`plan ${JSON.stringify(this.#plan)}`);
    this.#workers.forEach((worker) => {
      this.trace.note(JSON.stringify(worker.nature));
    });
    let port = 8_001;
    for (const worker of this.#workers.toSorted((a, b) => Number(a.nature.registers) - Number(b.nature.registers))) {
      worker.start(port);
      port += 1;
      if (worker.nature.registers) this.#register(worker);
    }
    this.#orchestrator.start();
    this.#network.conditions = { ...this.#plan.network };
    const lengthMs = random.integer(1_000, 15_000);
    const submissions = random.chance(0.005) ? 70 : random.integer(1, 4);
    if (submissions > 64) this.trace.mark('more runs than the window holds');
    for (let count = 0; count < submissions; count += 1)
      clock.after(submissions > 64 ? 100 : random.between(10, lengthMs), () =>
        submissions > 64 ? this.#user.submit(1) : this.#user.submit(),
      );
    for (let count = 0; count < this.#plan.count; count += 1)
      clock.after(random.between(20, lengthMs), () => this.#strike());
    clock.after(lengthMs, () => this.#recover());
    this.#watch();
  }

  #strike(): void {
    if (this.#phase === 'faults') this.#faults.strike(this.#random.pick(this.#plan.kinds));
  }

  /** Registers at every heartbeat, as `registrar.ts` does. */
  #register(worker: SimulatedWorker): void {
    const again = (delayMs: number) => this.clock.after(delayMs, () => this.#register(worker));
    if (!worker.isUp || worker.isFrozen || this.#network.isLost(worker.url)) {
      again(500);
      return;
    }
    this.#orchestrator.register(worker.registration()).then(
      () => again(REGISTER_MS),
      () => again(this.#random.integer(250, 1_000)),
    );
  }

  #recover(): void {
    this.#phase = 'recovery';
    this.#deadlineMs = this.clock.now() + PATIENCE_MS;
    this.#faults.mend();
  }

  /** Looks at the state of things once a second. */
  #watch(): void {
    this.#guard(() => {
      // Without faults little changes: then the ledger is looked through more seldom.
      this.#seconds += 1;
      if (this.#phase === 'faults' || this.#seconds % SECONDS_A_CHECK === 0) this.#invariants.check();
      if (this.#phase === 'recovery') this.#lookForTheEnd();
      else if (this.#phase === 'quiet' && this.clock.now() >= this.#deadlineMs) this.#checkQuiet();
    });
    this.clock.after(CHECK_MS, () => this.#watch());
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#error ??= error;
    }
  }

  #lookForTheEnd(): void {
    const open = this.#openRuns.all();
    if (open.length === 0 && !this.#user.isWaiting) {
      this.trace.note('all has ended');
      this.#phase = 'quiet';
      this.#deadlineMs = this.clock.now() + QUIET_MS;
    } else if (this.clock.now() > this.#deadlineMs) {
      throw new Violation(`three hours after the last fault not everything has ended: ${JSON.stringify(open)}`);
    } else for (const { run, task } of this.#invariants.endless()) void this.#user.cancel(run, task);
  }

  #checkQuiet(): void {
    this.#invariants.check();
    const live = this.#invariants.liveAttempts;
    if (live > 0) throw new Violation(`${live} attempts are live though every run has ended`);
    const { dispatcher } = this.#orchestrator.listening!;
    for (const { id, remainingMs, chunks } of dispatcher!.view().workers)
      if (remainingMs.length > 0 || chunks > 0)
        throw new Violation(
          `the dispatcher thinks that ${id} holds ${remainingMs.length} attempts in ${chunks} requests`,
        );
    for (const worker of this.#workers)
      if (!worker.isIdle) throw new Violation(`${worker.id} still computes for nobody`);
    for (const { id, unacknowledged } of this.#workers)
      if (unacknowledged.length > 0) throw new Violation(`the outbox of ${id} still holds ${unacknowledged.join(' ')}`);
    if (this.#plan.isCalm) this.#invariants.checkBegunOnce();
    this.#phase = 'over';
  }
}

function randomFleet(random: Random): WorkerNature[] {
  return Array.from({ length: random.integer(1, 4) }, (_, index) => ({
    id: `w${index + 1}`,
    slots: random.integer(1, 3),
    speed: random.pick([0.3, 1, 1, 2]),
    clockRate: random.pick([1, 1, 1, 0.7, 1.5]),
    // The first serves everything, so that every task can end.
    functions: index === 0 ? FUNCTION_NAMES : random.some(FUNCTION_NAMES, 0.8),
    unfinishedLimit: random.pick([2, 8, 100]),
    outboxLimit: random.pick([3, 12, 100]),
    registers: random.chance(0.6),
  }));
}
