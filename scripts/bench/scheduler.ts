/**
 * The policy in a simulator with virtual time: the orchestrator's own `schedule`, `speculate` and estimates, on fleets of
 * unequal, failing workers up to thousands; makespan against the lower bound max(all work / all speed, longest task on
 * the fastest worker), against dealing tasks out in turn (the original's way), and against workers that pull at random.
 *
 *     node scripts/bench/scheduler.ts
 */
import { lowerBoundMs, type Outcome, type PolicyName, type Scenario, simulate } from './lib/fleet-simulator.ts';
import { type BenchRow, printRows } from './lib/measure.ts';
import { seededRandom } from './lib/random.ts';

const SEED = 42;
const POLICIES: readonly PolicyName[] = ['motes', 'in turn', 'random pull'];

/** A scenario, made anew for each policy, so that all of them draw the same numbers. */
type ScenarioMaker = () => Scenario;

/** All the rows of this bench, in about half a minute. */
export async function benchScheduler(): Promise<BenchRow[]> {
  return [twoUnequal, sixteenMixed, hundredUnknown, hundredStraggling, hundredFailing, thousand].flatMap(benchScenario);
}

function benchScenario(make: ScenarioMaker): BenchRow[] {
  const outcomes = Object.fromEntries(POLICIES.map((policy) => [policy, simulate(make(), policy)])) as Record<
    PolicyName,
    Outcome
  >;
  const scenario = make();
  const bound = lowerBoundMs(scenario);
  const { motes, 'in turn': inTurn, 'random pull': pull } = outcomes;
  const times = (other: Outcome): string => (other.makespanMs / motes.makespanMs).toFixed(2);
  const troubles = [
    motes.copies > 0 && `${motes.copies} copies`,
    motes.lost > 0 && `${motes.lost} attempts lost`,
  ].filter(Boolean);
  const perSecond = (motes.decisions / motes.policyMs) * 1000;
  return [
    {
      what: `makespan against the lower bound, ${scenario.name}`,
      value: motes.makespanMs / bound,
      unit: '×',
      ...(troubles.length === 0 && { bound: { atMost: 1.15 } }),
      note: `${(motes.makespanMs / 1000).toFixed(1)} s of virtual time; in turn takes ${times(inTurn)} × as long, random pull ${times(pull)} ×${troubles.map((trouble) => `; ${trouble}`).join('')}`,
    },
    {
      what: `decisions, ${scenario.name}`,
      value: perSecond,
      unit: '/s',
      note: `${motes.decisions} tasks placed in ${(motes.policyMs / 1000).toFixed(2)} s of its processor time`,
    },
  ];
}

/** Numbers spread evenly over their logarithm. */
function spread(random: () => number, count: number, from: number, to: number): number[] {
  return Array.from({ length: count }, () => from * (to / from) ** random());
}

/** Costs are milliseconds on a worker of speed 1. */
function scenario(
  name: string,
  sizes: { workers: readonly number[] | number; tasks: number; slots?: number; fromMs: number; toMs: number },
  troubles: Partial<Pick<Scenario, 'jitter' | 'stragglers' | 'meanMsToFailure' | 'isLearned' | 'grainMs'>> = {},
): Scenario {
  const random = seededRandom(SEED);
  const { workers, tasks, slots = 1, fromMs, toMs } = sizes;
  const speeds = typeof workers === 'number' ? spread(random, workers, 0.25, 2) : workers;
  const costs = spread(random, tasks, fromMs, toMs);
  const quiet = { jitter: 0.05, stragglers: 0, meanMsToFailure: 0, isLearned: true, grainMs: 1 };
  return { name, speeds, slots, costs, random, ...quiet, ...troubles };
}

const twoUnequal: ScenarioMaker = () =>
  scenario('60 tasks on 2 workers, one of a third of the speed', {
    workers: [1, 1 / 3],
    tasks: 60,
    fromMs: 25,
    toMs: 400,
  });

const sixteenMixed: ScenarioMaker = () =>
  scenario('2 000 tasks on 16 workers of mixed speeds', {
    workers: 16,
    tasks: 2_000,
    slots: 2,
    fromMs: 50,
    toMs: 5_000,
  });

const hundredUnknown: ScenarioMaker = () =>
  scenario(
    '5 000 tasks on 100 workers of which nothing is known',
    { workers: 100, tasks: 5_000, fromMs: 500, toMs: 20_000 },
    { isLearned: false },
  );

const hundredStraggling: ScenarioMaker = () =>
  scenario(
    '5 000 tasks on 100 workers, 1 in 100 five times as slow',
    { workers: 100, tasks: 5_000, fromMs: 500, toMs: 20_000 },
    { stragglers: 0.01 },
  );

const hundredFailing: ScenarioMaker = () =>
  scenario(
    '5 000 tasks on 100 workers that fail once in ten minutes',
    { workers: 100, tasks: 5_000, fromMs: 500, toMs: 20_000 },
    { meanMsToFailure: 600_000 },
  );

const thousand: ScenarioMaker = () =>
  scenario(
    '100 000 tasks on 1 000 workers',
    { workers: 1_000, tasks: 100_000, fromMs: 500, toMs: 20_000 },
    { grainMs: 20 },
  );

if (import.meta.main) printRows(await benchScheduler());
