/**
 * Makespan on unequal workers: sixty tasks of mixed size on two real workers of which one is slowed to a third, against
 * the lower bound and against dealing the tasks out in turn, as the original did.
 *
 *     node scripts/bench/makespan.ts
 *
 * Needs a build. The slow worker is stopped and continued by signals, 10 ms of running to 20 ms of standing still: what
 * `cpulimit` does too, without the need to install it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type BenchTask, Cluster } from './lib/cluster.ts';
import { type BenchRow, interleave, median, medianRow, printRows } from './lib/measure.ts';
import { seededRandom } from './lib/random.ts';
import type { RoleProcess } from './lib/role-process.ts';
import { calibrate, spinFor } from './lib/spins.ts';

const TASKS = 60;
const ROUNDS = 5;
/** Sizes on the full-speed worker: from half to eight times this, most of them small. */
const UNIT_MS = 50;
const RUN_MS = 10;
const STOP_MS = 20;
const SEED = 42;

/** All the rows of this bench, in about two minutes. */
export async function benchMakespan(): Promise<BenchRow[]> {
  const cluster = await Cluster.start({ workers: 2, orchestratorArgs: ['--result-files', 'off'] });
  const [fast, slow] = cluster.workers as [RoleProcess, RoleProcess];
  const brake = slowDown(slow);
  try {
    const [fastSpeed, slowSpeed] = (await calibrate(cluster)) as [number, number];
    const tasks = mixedTasks(fastSpeed);
    const bounds: number[] = [];
    const rounds = await interleave(ROUNDS, {
      motes: async () => {
        // The speeds are what the machine gives in this very round.
        const bound = lowerBoundMs(tasks, await calibrate(cluster));
        bounds.push(bound);
        return (await timed(() => cluster.run(tasks))) / bound;
      },
      inTurn: async () => (await timed(() => dealOut(tasks, [fast, slow]))) / bounds.at(-1)!,
    });
    const note = `${TASKS} tasks, two workers of 1 slot, the second slowed ${(fastSpeed / slowSpeed).toFixed(1)} × by SIGSTOP and SIGCONT; bound max(work / speed, longest task on the faster), ${median(bounds).toFixed(0)} ms; ${ROUNDS} rounds`;
    return [
      medianRow('makespan against the lower bound', rounds.motes, '×', { bound: { atMost: 1.15 }, note }),
      medianRow('the same tasks dealt out in turn', rounds.inTurn, '×', {
        note: 'really run: each worker gets every second task, one after the other',
      }),
      {
        what: 'motes against dealing out in turn',
        value: median(rounds.inTurn.map((time, round) => time / rounds.motes[round]!)),
        unit: '× as fast',
        note: 'median of the ratios of the rounds',
      },
    ];
  } finally {
    brake.abort();
    await cluster.stop();
  }
}

/** Lets a process run a third of the time, until aborted. */
function slowDown(role: RoleProcess): AbortController {
  const controller = new AbortController();
  const { signal } = controller;
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      role.signal('SIGSTOP');
      await wait(STOP_MS);
      role.signal('SIGCONT');
      await wait(RUN_MS);
    }
  };
  void loop();
  return controller;
}

/** Sizes spread evenly over their logarithm: many small ones, some sixteen times as long. */
function mixedTasks(spinsPerMs: number): BenchTask[] {
  const random = seededRandom(SEED);
  return Array.from({ length: TASKS }, (_, index) => spinFor(`t${index}`, (UNIT_MS / 2) * 16 ** random(), spinsPerMs));
}

/** No schedule is shorter: all work at all speeds together, or the longest task on the fastest worker. */
function lowerBoundMs(tasks: readonly BenchTask[], spinsPerMs: readonly number[]): number {
  const spins = tasks.map(({ parameters }) => parameters.spins as number);
  const all = spins.reduce((sum, one) => sum + one, 0) / spinsPerMs.reduce((sum, one) => sum + one, 0);
  return Math.max(all, Math.max(...spins) / Math.max(...spinsPerMs));
}

/** The original's way: task k goes to worker k modulo their number, and each works off its own. */
async function dealOut(tasks: readonly BenchTask[], workers: readonly RoleProcess[]): Promise<void> {
  const share = async (worker: RoleProcess, own: readonly BenchTask[]): Promise<void> => {
    for (const { type, parameters } of own) {
      const answer = await fetch(`${worker.url}/invoke`, {
        method: 'POST',
        body: JSON.stringify({ type, parameters }),
      });
      if (!answer.ok) throw new Error(`/invoke answered ${answer.status}`);
      await answer.text();
    }
  };
  await Promise.all(
    workers.map((worker, at) =>
      share(
        worker,
        tasks.filter((_, index) => index % workers.length === at),
      ),
    ),
  );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

if (import.meta.main) printRows(await benchMakespan());
