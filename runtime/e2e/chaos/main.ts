/**
 * Chaos: 500 tasks on real processes while these are killed, stopped and restarted and the network between them fails,
 * then the accounts. See `--help`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  type Acknowledged,
  type Books,
  countAttempts,
  findDivergences,
  findDuplicated,
  findLost,
  findMiscounts,
  findSecondOutcomes,
  findUnexpected,
  findWrong,
  readBooks,
} from './accounting.ts';
import { Cluster } from './cluster.ts';
import { planFaults, type Step } from './fault-plan.ts';
import { Injector } from './inject.ts';
import { CAN_COUNT_HOLDINGS, findLeaks, type Holdings, holdingsOfAll } from './leaks.ts';
import { inspectLedger } from './ledger-file.ts';
import { SeededRandom } from './random.ts';
import { Report } from './report.ts';
import { until } from './until.ts';
import { type Batch, makeWorkload } from './workload.ts';

const HELP = `Usage: node runtime/e2e/chaos/main.ts [--seed N] [--tasks N] [--workers N] [--seconds N] [--verbose]

Runs tasks on an orchestrator and workers, all real processes, while they are killed (SIGKILL), stopped past their
lease (SIGSTOP), drained (SIGTERM) and restarted, and connections between them are cut, frozen and delayed. The same
seed gives the same tasks and the same faults in the same order. Then the faults stop, every task must end, and the
accounts are made up against an undisturbed run of the same tasks: nothing lost, duplicated or unexpected, the same
bits, one outcome each, nothing left behind. Ends with "N passed, N failed"; exit code 1 when something failed.

  --seed N      what is submitted and what goes wrong (default: chosen, and printed)
  --tasks N     how many tasks (default 500)
  --workers N   how many workers (default 4)
  --seconds N   how long things go wrong (default 25)
  --verbose     print the orchestrator's last log lines at the end
`;

/** Within it the run must end once nothing goes wrong any more. */
const END_WITHIN_MS = 90_000;
const BATCHES = 25;
const ORCHESTRATOR_ARGS = ['--lease', '3', '--ping-timeout', '2'];
const WORKER_ARGS = ['--slots', '2', '--checkpoint-interval', '0.1', '--grace', '2'];

interface Undisturbed {
  readonly books: Books;
  readonly holdings: ReadonlyMap<string, Holdings> | null;
}

class Chaos {
  readonly #report = new Report();
  readonly #options: {
    readonly seed: number;
    readonly tasks: number;
    readonly workers: number;
    readonly lengthMs: number;
  };
  readonly #batches: readonly Batch[];
  readonly #steps: readonly Step[];

  constructor(options: { seed: number; tasks: number; workers: number; lengthMs: number }) {
    this.#options = options;
    const names = Array.from({ length: options.workers }, (_, index) => `w${index + 1}`);
    this.#batches = makeWorkload(new SeededRandom(options.seed), options.tasks, BATCHES);
    this.#steps = planFaults(new SeededRandom(options.seed + 1), names, options.lengthMs);
  }

  async run(isVerbose: boolean): Promise<number> {
    const { seed, tasks, workers } = this.#options;
    this.#report.say(`seed ${seed}: ${tasks} tasks in ${this.#batches.length} runs, ${workers} workers`);
    const undisturbed = await this.#runUndisturbed();
    const cluster = await this.#startCluster();
    try {
      const acknowledged = await this.#disturb(cluster);
      await this.#settle(cluster);
      await this.#makeUpAccounts(cluster, acknowledged, undisturbed);
      if (isVerbose || this.#report.hasFailed) this.#showLogs(cluster);
    } finally {
      await cluster.stop();
    }
    return this.#report.end();
  }

  #startCluster(): Promise<Cluster> {
    const { workers } = this.#options;
    return Cluster.start({ workers, proxied: true, orchestratorArgs: ORCHESTRATOR_ARGS, workerArgs: WORKER_ARGS });
  }

  /** The same tasks where nothing goes wrong: what the bits are, and what processes hold after such work. */
  async #runUndisturbed(): Promise<Undisturbed> {
    const cluster = await this.#startCluster();
    try {
      await Promise.all(this.#batches.map((batch) => submit(cluster, batch)));
      await untilEnded(cluster, this.#batches.length);
      const books = await readBooks(cluster.client);
      this.#report.check('undisturbed: every task ends as it must', findWrong(this.#batches, books, books));
      this.#report.check('undisturbed: no second outcome', findSecondOutcomes(books));
      return { books, holdings: CAN_COUNT_HOLDINGS ? holdingsOfAll(cluster) : null };
    } finally {
      await cluster.stop();
    }
  }

  /** Submits and injects, both as planned. */
  async #disturb(cluster: Cluster): Promise<Acknowledged> {
    const acknowledged = new Map<string, string>();
    const injector = new Injector(cluster);
    const startedAt = performance.now();
    const submissions = this.#batches.map(async (batch, index) => {
      await sleep((index * this.#options.lengthMs * 0.8) / this.#batches.length);
      acknowledged.set(batch.idempotencyKey, await submit(cluster, batch));
    });
    for (const step of this.#steps) {
      await sleep(Math.max(0, step.atMs - (performance.now() - startedAt)));
      this.#report.say(
        `${step.action} ${step.target.kind === 'ways' || step.target.kind === 'client' ? 'the ways of ' : ''}${step.target.name}`,
      );
      injector.inject(step);
    }
    await injector.settled();
    await Promise.all(submissions);
    this.#report.say(`${this.#steps.length / 2} faults are over; ${acknowledged.size} submissions acknowledged`);
    return acknowledged;
  }

  async #settle(cluster: Cluster): Promise<void> {
    await this.#report.attempt('every worker is online again', () => cluster.untilOnline(this.#options.workers));
    await this.#report.attempt('every run ends', () => untilEnded(cluster, this.#batches.length));
  }

  async #makeUpAccounts(cluster: Cluster, acknowledged: Acknowledged, undisturbed: Undisturbed): Promise<void> {
    const report = this.#report;
    const books = await readBooks(cluster.client);
    report.say(`attempts: ${countAttempts(books)}`);
    report.say(`the orchestrator's log: ${countMarkers(cluster)}`);
    report.check('nothing lost', findLost(this.#batches, acknowledged, books));
    report.check('nothing duplicated', findDuplicated(books));
    report.check('nothing unexpected', findUnexpected(this.#batches, books));
    report.check('the outcomes and bits of the undisturbed run', findWrong(this.#batches, books, undisturbed.books));
    report.check('no second outcome', findSecondOutcomes(books));
    report.check('no divergence', findDivergences(books));
    report.check('counters agree with tasks', findMiscounts(books));
    await report.attempt('outboxes are empty, nothing runs for nobody', () => untilOutboxesEmpty(cluster));
    if (undisturbed.holdings) report.check('nothing leaks', await findLeaks(cluster, undisturbed.holdings));
    else report.skip('nothing leaks', 'there is no /proc here');
    const exit = await cluster.orchestrator.end('SIGTERM');
    report.check('the orchestrator ends tidily', exit?.code === 0 ? [] : [`exit ${exit?.signal ?? exit?.code}`]);
    report.check('the ledger is sound', inspectLedger(join(cluster.data, 'data', 'ledger.sqlite')));
    report.check('one result file for each result', findResultFileFaults(cluster, books));
  }

  #showLogs(cluster: Cluster): void {
    for (const { process: role } of [cluster.orchestrator, ...cluster.workers])
      for (const line of role.lines.slice(-40)) this.#report.say(`${role.name}: ${line}`);
  }
}

async function submit(cluster: Cluster, { tasks, idempotencyKey }: Batch): Promise<string> {
  return cluster.submit(
    tasks.map(({ request }) => request),
    idempotencyKey,
  );
}

async function untilEnded(cluster: Cluster, runs: number): Promise<void> {
  await until(
    'all runs have ended',
    async () => {
      const all = await cluster.client.runs();
      return all.length >= runs && all.every(({ ended_at }) => ended_at !== null);
    },
    END_WITHIN_MS,
  );
}

async function untilOutboxesEmpty(cluster: Cluster): Promise<void> {
  const ledgerId = await cluster.ledgerId();
  for (const worker of cluster.workers) {
    await until(
      `an empty outbox of ${worker.name}`,
      async () => {
        const { running, finished } = await worker.outbox(ledgerId);
        if (running.length + finished.length === 0) return true;
        throw new Error(`${worker.name} holds ${JSON.stringify({ running, finished }).slice(0, 1_000)}`);
      },
      20_000,
    );
  }
}

/** Rare things that the orchestrator said it did. */
const MARKERS = ['re-attached', 'a copy starts here', 'is quarantined', 'is offline', 'divergence'];

function countMarkers(cluster: Cluster): string {
  const log = readFileSync(join(cluster.data, 'logs', 'orchestrator.log'), 'utf8');
  return MARKERS.map((marker) => `${log.split(marker).length - 1} × "${marker}"`).join(', ');
}

function findResultFileFaults(cluster: Cluster, books: Books): string[] {
  const files = readdirSync(join(cluster.data, 'results'));
  const succeeded = books.tasks.filter(({ status }) => status === 'succeeded');
  return succeeded.flatMap(({ id }) => {
    const own = files.filter((file) => file.startsWith(`result_${id}_`) && file.endsWith('.json'));
    return own.length === 1 ? [] : [`${id} has the files [${own.join(', ')}]`];
  });
}

function parse(): { values: Record<string, string | boolean | undefined> } {
  const number = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  return parseArgs({
    options: { seed: number, tasks: number, workers: number, seconds: number, verbose: flag, help: flag },
  });
}

if (import.meta.main) {
  const { values } = parse();
  if (values.help) {
    process.stdout.write(HELP);
  } else {
    const chaos = new Chaos({
      seed: Number(values.seed ?? Math.floor(Math.random() * 1_000_000)),
      tasks: Number(values.tasks ?? 500),
      workers: Number(values.workers ?? 4),
      lengthMs: Number(values.seconds ?? 25) * 1000,
    });
    process.exit(await chaos.run(values.verbose === true));
  }
}
