/** What goes wrong: each schedule draws which kinds of faults it has, how often, and when. */

import type { VirtualClock } from './clock.ts';
import type { Invariants } from './invariants.ts';
import { CALM, type Network, type NetworkConditions } from './network.ts';
import type { Random } from './random.ts';
import type { Disk } from './simulated-ledger.ts';
import { LEASE_MS, type SimulatedOrchestrator } from './simulated-orchestrator.ts';
import type { SimulatedWorker } from './simulated-worker.ts';
import type { Trace } from './trace.ts';
import type { User } from './user.ts';
import type { WorkerFlaws } from './worker-nature.ts';

/** Single faults, at an instant; most mend themselves after a while. */
export const FAULT_KINDS = [
  'worker dies',
  'worker freezes',
  'worker freezes past its lease',
  'worker is cut off',
  'worker drains',
  'worker moves',
  'worker is broken',
  'worker garbles',
  'worker cuts streams',
  'worker ignores deadlines',
  'worker has wrong bits',
  'worker invents',
  'connections break',
  'impostor',
  'orchestrator is killed',
  'orchestrator is killed in a commit',
  'orchestrator stops',
  'disk is slow',
  'user cancels',
  'user retries',
  'user prunes',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which faults a schedule has. Few kinds at a time reach deeper than all of them at once. */
export interface FaultPlan {
  readonly kinds: readonly FaultKind[];
  readonly count: number;
  readonly network: NetworkConditions;
  /** Whatever happens to the orchestrator, workers and network are well. */
  readonly isCalm: boolean;
}

/** Faults of the orchestrator alone: workers and network are well, so no attempt may be lost and none begun twice. */
const ITS_OWN: readonly FaultKind[] = [
  'orchestrator is killed',
  'orchestrator is killed in a commit',
  'orchestrator stops',
  'user cancels',
];

export function randomPlan(random: Random): FaultPlan {
  if (random.chance(0.1)) return { kinds: ITS_OWN, count: random.integer(2, 10), network: CALM, isCalm: true };
  const kinds = random.some(FAULT_KINDS, random.pick([0.1, 0.25, 0.5]));
  const loss = random.chance(0.3) ? random.between(0, 0.1) : 0;
  const duplication = random.chance(0.25) ? random.between(0, 0.2) : 0;
  const breaks = random.chance(0.25) ? random.between(0, 0.1) : 0;
  const slowness = random.chance(0.35) ? random.between(0, 0.3) : 0;
  const network = { loss, duplication, breaks, slowness, slowMs: random.pick([50, 500, 5_000]) };
  const count = kinds.length === 0 ? 0 : random.integer(2, 16);
  return { kinds, count, network, isCalm: false };
}

export interface FaultWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly trace: Trace;
  readonly network: Network;
  readonly disk: Disk;
  readonly workers: readonly SimulatedWorker[];
  readonly orchestrator: SimulatedOrchestrator;
  readonly user: User;
  readonly invariants: Invariants;
}

const QUICK_COMMIT_MS = 3;

/** Lets things go wrong, and mends everything at the end. */
export class Faults {
  readonly #world: FaultWorld;
  #lastPort = 8_100;
  #isOver = false;

  constructor(world: FaultWorld) {
    this.#world = world;
  }

  strike(kind: FaultKind): void {
    const { trace, random, workers, orchestrator, user, disk } = this.#world;
    trace.note(`fault: ${kind}`);
    const worker = random.pick(workers);
    const strikes: Record<FaultKind, () => void> = {
      'worker dies': () => this.#die(worker),
      'worker freezes': () =>
        this.#for(
          random.between(100, 9_000),
          () => worker.freeze(),
          () => worker.thaw(),
        ),
      'worker freezes past its lease': () => this.#zombie(worker),
      'worker is cut off': () => this.#cutOff(worker),
      'worker drains': () => this.#drain(worker),
      'worker moves': () => this.#move(worker),
      'worker is broken': () => this.#flaw(worker, 'isBroken'),
      'worker garbles': () => this.#flaw(worker, 'isGarbling'),
      'worker cuts streams': () => this.#flaw(worker, 'cutsStreams'),
      'worker ignores deadlines': () => this.#flaw(worker, 'ignoresDeadlines'),
      'worker has wrong bits': () => this.#flaw(worker, 'hasWrongBits'),
      'worker invents': () => this.#flaw(worker, 'invents'),
      'connections break': () => {
        for (const stream of [...worker.streams]) stream.cutOff();
      },
      impostor: () => this.#impostor(worker),
      'orchestrator is killed': () => this.kill(),
      'orchestrator is killed in a commit': () => {
        disk.killsIn = random.pick(['before', 'after']);
      },
      'orchestrator stops': () => orchestrator.stop(() => orchestrator.start()),
      'disk is slow': () => {
        disk.commitMs = random.pick([100, 1_000, 4_000]);
        this.#later(random.between(100, 6_000), () => {
          disk.commitMs = QUICK_COMMIT_MS;
        });
      },
      'user cancels': () => user.cancelSomething(),
      'user retries': () => user.retrySomething(),
      'user prunes': () => user.prune(),
    };
    strikes[kind]();
  }

  #later(delayMs: number, run: () => void): void {
    this.#world.clock.after(delayMs, run);
  }

  #for(durationMs: number, begin: () => void, end: () => void): void {
    begin();
    this.#later(durationMs, end);
  }

  #newPort(): number {
    this.#lastPort += 1;
    return this.#lastPort;
  }

  #die(worker: SimulatedWorker): void {
    worker.crash();
    this.restartSoon(worker);
  }

  /** Somebody starts a dead worker again. */
  restartSoon(worker: SimulatedWorker): void {
    this.#later(this.#world.random.between(0, 5_000), () => this.#restart(worker));
  }

  #restart(worker: SimulatedWorker): void {
    if (worker.isUp) return;
    const { random, trace } = this.#world;
    const moves = worker.nature.registers && random.chance(0.3);
    if (moves) trace.mark('moved to another address');
    worker.start(moves ? this.#newPort() : worker.port);
  }

  /** It wakes up just when it is given up, and that takes long to record. */
  #zombie(worker: SimulatedWorker): void {
    const { disk, random } = this.#world;
    this.#for(
      LEASE_MS + random.between(0, 2_500),
      () => worker.freeze(),
      () => worker.thaw(),
    );
    this.#later(LEASE_MS - 200, () => {
      if (this.#isOver) return;
      disk.commitMs = 8_000;
      this.#later(8_000, () => {
        disk.commitMs = QUICK_COMMIT_MS;
      });
    });
  }

  #cutOff(worker: SimulatedWorker): void {
    const { network, random } = this.#world;
    const { url } = worker;
    this.#for(
      random.between(100, 9_000),
      () => network.cut.add(url),
      () => network.cut.delete(url),
    );
  }

  #drain(worker: SimulatedWorker): void {
    if (!worker.isUp) return;
    const { random } = this.#world;
    worker.drain(random.integer(0, 1_500));
    this.#later(random.between(1_600, 4_000), () => this.#die(worker));
  }

  #move(worker: SimulatedWorker): void {
    if (!worker.isUp || !worker.nature.registers) return;
    this.#world.trace.mark('moved to another address');
    worker.listenAt(this.#newPort());
  }

  #flaw(worker: SimulatedWorker, flaw: keyof WorkerFlaws): void {
    this.#for(
      this.#world.random.between(500, 10_000),
      () => {
        worker.flaws[flaw] = true;
      },
      () => {
        worker.flaws[flaw] = false;
      },
    );
  }

  /** Another process claims the worker's name. */
  #impostor(worker: SimulatedWorker): void {
    const registration = {
      ...worker.registration(),
      instance: `${worker.id}-impostor`,
      host: 'elsewhere',
      port: 9_999,
    };
    this.#world.orchestrator.register(registration).catch(() => {});
  }

  /** Kills the orchestrator; somebody starts it again. */
  kill(): void {
    const { orchestrator, random, invariants, trace } = this.#world;
    if (!orchestrator.isUp) return;
    orchestrator.kill();
    invariants.check();
    if (invariants.undelivered() > 0) trace.mark('start committed, never delivered');
    this.#later(random.pick([0, random.between(0, 500), random.between(0, 6_000)]), () => orchestrator.start());
  }

  /** The end of all faults: whoever is down comes back, whatever is slow is quick again. */
  mend(): void {
    const { network, disk, workers, orchestrator, trace } = this.#world;
    trace.note('the faults end');
    this.#isOver = true;
    network.conditions = { ...CALM };
    network.cut.clear();
    disk.commitMs = QUICK_COMMIT_MS;
    disk.killsIn = 'none';
    for (const worker of workers) {
      for (const flaw of Object.keys(worker.flaws) as (keyof WorkerFlaws)[]) worker.flaws[flaw] = false;
      worker.thaw();
      if (worker.isDraining) worker.crash();
      this.#restart(worker);
    }
    orchestrator.start();
  }
}
