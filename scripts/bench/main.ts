/**
 * All benches, or some: `npm run bench`, `npm run bench -- dispatch latency`. `--help` lists them.
 *
 * They need a build. A budget that is missed is printed, it is no failure: the machine may be busy.
 */
import { writeSync } from 'node:fs';
import Table from 'cli-table3';
import { Command } from 'commander';
import { type BenchRow, describeMachine, keepsBound } from './lib/measure.ts';

/** A bench: what it measures, and its rows. */
interface Bench {
  readonly summary: string;
  run(): Promise<BenchRow[]>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  'hard-disks': {
    summary: 'the hard-disk kernel against brute force, plain TypeScript and C',
    run: async () => (await import('./hard-disks.ts')).benchHardDisks(),
  },
  gravity: {
    summary: 'the gravity kernel against C, plain TypeScript and its own cost model',
    run: async () => (await import('./gravity.ts')).benchGravity(),
  },
  'lennard-jones': {
    summary: 'the Lennard-Jones kernel against LAMMPS and GROMACS, from 500 to a million atoms',
    run: async () => (await import('./lennard-jones.ts')).benchLennardJones(),
  },
  invoke: {
    summary: "a worker's /invoke against functions-framework; cold starts; cancels",
    run: async () => (await import('./invoke.ts')).benchInvoke(),
  },
  dispatch: {
    summary: 'no-op tasks over HTTP until they are on disk, against BullMQ, Dask and GNU parallel',
    run: async () => (await import('./dispatch.ts')).benchDispatch(),
  },
  latency: {
    summary: 'idle round trips, efficiency of short tasks, waiting behind others',
    run: async () => (await import('./latency.ts')).benchLatency(),
  },
  recovery: {
    summary: 'death of a worker and of the orchestrator, cancels, motes up',
    run: async () => (await import('./recovery.ts')).benchRecovery(),
  },
  memory: {
    summary: 'queued tasks by the million, idle processes',
    run: async () => (await import('./memory.ts')).benchMemory(),
  },
  dashboard: {
    summary: 'first paint and size of the page; the orchestrator while five look',
    run: async () => (await import('./dashboard.ts')).benchDashboard(),
  },
  makespan: {
    summary: 'sixty tasks on two real workers, one of them slow',
    run: async () => (await import('./makespan.ts')).benchMakespan(),
  },
  scheduler: {
    summary: 'the policy on simulated fleets of up to a thousand workers',
    run: async () => (await import('./scheduler.ts')).benchScheduler(),
  },
};

/** The rows of one bench, as `--json` prints them. */
interface Report {
  readonly bench: string;
  readonly rows: readonly (BenchRow & { readonly kept: boolean })[];
}

async function main(): Promise<void> {
  const list = Object.entries(BENCHES).map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`);
  const command = new Command('bench')
    .description('Measures motes on this machine and says which budgets are kept.')
    .argument('[name...]', 'which benches; all of them without')
    .option('--json', 'print one JSON document and nothing else on standard output')
    .option('--markdown', 'print the tables as Markdown, for docs/benchmarks.md')
    .addHelpText('after', `\nBenches:\n${list.join('\n')}\n\nExample:\n  $ npm run bench -- dispatch latency`)
    .parse();
  const names = command.args.length > 0 ? command.args : Object.keys(BENCHES);
  const unknown = names.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) command.error(`error: there is no bench ${unknown.join(', ')}; --help lists them`);
  const { json, markdown } = command.opts<{ json?: boolean; markdown?: boolean }>();
  if (!json) print(`${describeMachine()}, ${new Date().toISOString().slice(0, 10)}`);
  const reports: Report[] = [];
  for (const name of names) {
    const report = await runBench(name);
    reports.push(report);
    if (!json) print(markdown ? markdownOf(report) : tableOf(report));
  }
  if (json) print(JSON.stringify(documentOf(reports), null, 2));
}

async function runBench(name: string): Promise<Report> {
  const { summary, run } = BENCHES[name]!;
  console.error(`${name}: ${summary} …`);
  return { bench: name, rows: (await run()).map((row) => ({ ...row, kept: keepsBound(row) })) };
}

function documentOf(reports: readonly Report[]): object {
  return { machine: describeMachine(), date: new Date().toISOString(), benches: reports };
}

const HEAD = ['what', 'median', 'spread', 'bound', '', 'how'];

function tableOf({ rows }: Report): string {
  const table = new Table({
    head: [...HEAD],
    style: { head: [], border: [], compact: true },
    colWidths: [44, 18, 8, 12, 8, 70],
    wordWrap: true,
  });
  for (const row of rows) table.push(cellsOf(row));
  return table.toString();
}

function markdownOf({ bench, rows }: Report): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)].map(line);
  return ['', `### ${bench}`, '', BENCHES[bench]!.summary, '', ...lines].join('\n');
}

function cellsOf(row: BenchRow): string[] {
  const { atLeast, atMost } = row.bound ?? {};
  const bound = atLeast !== undefined ? `≥ ${short(atLeast)}` : atMost !== undefined ? `≤ ${short(atMost)}` : '';
  return [
    row.what,
    `${short(row.value)} ${row.unit}`,
    row.spread === undefined ? '' : `${Math.round(100 * row.spread)} %`,
    bound,
    bound === '' ? '' : keepsBound(row) ? 'met' : 'MISSED',
    row.note,
  ];
}

/** Three digits of small numbers, all of large ones. */
function short(value: number): string {
  return value >= 1000
    ? Math.round(value).toLocaleString('en').replaceAll(',', ' ')
    : `${Number(value.toPrecision(3))}`;
}

/** Written at once, so that nothing is lost when the process ends. */
function print(text: string): void {
  writeSync(1, `${text}\n`);
}

await main();
// Peers' clients may hold sockets open.
process.exit(0);
