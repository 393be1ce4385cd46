/** `node runtime/orchestrator/simulation/main.ts`: many schedules, or one again by its seed. */
import { Command, InvalidArgumentError } from 'commander';
import { runCampaignInThreads } from './campaign.ts';
import { runSchedule } from './schedule.ts';

interface Flags {
  readonly seed?: number;
  readonly first: number;
  readonly schedules: number;
}

const integer = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It should be an integer from 0.');
};

await new Command('simulate')
  .description(
    'run the dispatcher and the ledger through random faults, in virtual time; the same seed is the same schedule',
  )
  .option('--seed <number>', 'run only this schedule, and print its trace', integer)
  .option('--first <number>', 'the first seed', integer, 1)
  .option('--schedules <number>', 'how many', integer, 10_000)
  .addHelpText(
    'after',
    `
Examples:
  $ node runtime/orchestrator/simulation/main.ts                      10 000 schedules; exit code 1 if one fails
  $ node runtime/orchestrator/simulation/main.ts --seed 4711          one again, with all that happened in it
  $ node runtime/orchestrator/simulation/main.ts --first 20001        others than usual
`,
  )
  .action(async ({ seed, first, schedules }: Flags) => {
    const ok = seed === undefined ? await campaign(first, schedules) : await replay(seed);
    process.exitCode = ok ? 0 : 1;
  })
  .parseAsync();

async function replay(seed: number): Promise<boolean> {
  const report = await runSchedule(seed);
  print(report.trace.join('\n'));
  print(`seed ${seed}: ${report.failure ?? 'all is well'}; trace ${report.digest}, ${report.elapsedMs} virtual ms`);
  return report.failure === null;
}

async function campaign(first: number, schedules: number): Promise<boolean> {
  const startedAt = performance.now();
  const { failures, markers, missing } = await runCampaignInThreads(first, schedules);
  const seconds = (performance.now() - startedAt) / 1000;
  print([...markers].map(([marker, count]) => `${String(count).padStart(8)}  ${marker}`).join('\n'));
  print(
    `${schedules} schedules from seed ${first} in ${seconds.toFixed(1)} s, ${(schedules / seconds).toFixed(0)} a second`,
  );
  // One story is enough to begin with: a replay prints any other.
  if (failures[0]) print(failures[0].trace.join('\n'));
  for (const { seed, failure } of failures) {
    print(`FAILED: seed ${seed}: ${failure}`);
    print(`  replay: node runtime/orchestrator/simulation/main.ts --seed ${seed}`);
  }
  if (missing.length > 0) print(`NEVER REACHED: ${missing.join(', ')}`);
  return failures.length === 0 && missing.length === 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
