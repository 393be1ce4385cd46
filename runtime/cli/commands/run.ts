import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { Client } from '../../client/client.ts';
import { Problem } from '../../wire/problem.ts';
import { newRunId } from '../../wire/run-id.ts';
import { requireBuild } from '../build-check.ts';
import type { CliContext } from '../context.ts';
import { RefusedFile } from '../failure.ts';
import { exitCodeOfRun, followRun, type RunOutcome } from '../follow-run.ts';
import { counted } from '../format.ts';
import { interruptibly, untilAborted } from '../interruption.ts';
import { LocalCluster } from '../local-cluster.ts';
import { addExamples, jsonOption, tokenFrom, wholeNumber } from '../options.ts';
import { createProgressView, type ProgressView } from '../progress.ts';
import { renderResults, summarize } from '../results-table.ts';
import { readTaskFile, type TaskFile } from '../task-file.ts';
import { withInputsUploaded } from '../task-inputs.ts';
import { writeJson, writeLine } from '../terminal.ts';

interface RunFlags {
  readonly workers: number;
  readonly slots?: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** Where a run's traces go. */
interface Folders {
  /** Holds `results/` and `logs/`. */
  readonly data: string;
  readonly ledger: string;
  /** True where the ledger is this run's alone. */
  readonly ledgerIsOwn: boolean;
}

const START_DEADLINE_MS = 30_000;
/** What still runs when the children are stopped, or this process is killed, is of no use to anybody. */
const WORKER_GRACE_SECONDS = 0;
const STOP_GRACE_MS = 3_000;
const MOST_RESTARTS = 5;
/** How long a restarting orchestrator may be silent. */
const PATIENCE_MS = 60_000;

/** `motes run`: a task file, run to its end on a cluster that lives only so long. */
export function runCommand(context: CliContext): Command {
  const command = new Command('run')
    .description(
      'Runs a task file on this machine: starts an orchestrator and workers, runs every task, prints a table of ' +
        'results and stops everything. Exit code 0 if all tasks succeeded, 1 if any failed, 2 for a bad file.',
    )
    .argument('[file]', 'the tasks, YAML or JSON; - is the standard input', 'configs/tasks.yaml')
    .option('--workers <n>', 'how many workers', wholeNumber(1, 64), 3)
    .option('--slots <n>', 'tasks at once on each worker (default: the processors, divided)', wholeNumber(1, 1024))
    .addOption(
      new Option('--data <dir>', 'the folder for data/ (the ledger), results/ and logs/ (default: here)').env(
        'MOTES_DATA',
      ),
    )
    .addOption(jsonOption())
    .action(async (file: string, flags: RunFlags) => context.exit(await run(file, flags, context)));
  return addExamples(command, {
    'motes run': 'the tasks of configs/tasks.yaml',
    'motes run sweep.yaml --workers 8': 'another file, more workers',
    'motes run sweep.yaml --json > sweep.json': 'results for a program',
    'motes run --data /tmp/trial': 'keep all traces elsewhere',
  });
}

async function run(file: string, flags: RunFlags, context: CliContext): Promise<number> {
  requireBuild();
  const tasks = await readTaskFile(file, context.terminal.stdin);
  const runId = newRunId();
  const folders = foldersOf(flags.data, runId);
  const { stdout, stderr } = context.terminal;
  let view: ProgressView | undefined;
  const note = (text: string): void => (view ? view.note(text) : writeLine(stderr, text));
  const cluster = createCluster(flags, folders, note, context.env);
  const work = async (signal: AbortSignal): Promise<RunOutcome> => {
    const client = await submit(cluster, tasks, runId, folders, note, context);
    try {
      view = createProgressView(stderr);
      return await followRun(client, runId, view, signal);
    } finally {
      view?.stop();
      await client.close();
    }
  };
  const outcome = await interruptibly(
    context.signals,
    (signal) => stopAfter(cluster, Promise.race([work(signal), cluster.broken, untilAborted(signal)])),
    () => cluster.kill(),
  );
  if (flags.json) writeJson(stdout, outcome);
  else writeLine(stdout, `${renderResults(outcome.tasks, stdout)}\n\n${closingLines(outcome, folders)}`);
  return exitCodeOfRun(outcome);
}

function createCluster(
  flags: RunFlags,
  folders: Folders,
  onNote: (text: string) => void,
  env: NodeJS.ProcessEnv,
): LocalCluster {
  return new LocalCluster({
    workers: flags.workers,
    slots: flags.slots ?? null,
    orchestratorPort: 0,
    firstWorkerPort: 0,
    orchestratorArgs: ['--data', folders.data, '--ledger', folders.ledger],
    workerGraceSeconds: WORKER_GRACE_SECONDS,
    logFolder: join(folders.data, 'logs'),
    env,
    startDeadlineMs: START_DEADLINE_MS,
    stopGraceMs: STOP_GRACE_MS,
    mostRestarts: MOST_RESTARTS,
    onNote,
  });
}

/** Submits before any worker starts, so that a file that is refused costs no more than the orchestrator. */
async function submit(
  cluster: LocalCluster,
  tasks: TaskFile,
  runId: string,
  folders: Folders,
  note: (text: string) => void,
  context: CliContext,
): Promise<Client> {
  note(`starting an orchestrator and ${counted(cluster.workers, 'worker')} ...`);
  const orchestrator = await cluster.startOrchestrator();
  const client = new Client({
    url: orchestrator.url,
    token: tokenFrom(context.env),
    patience: { forMs: PATIENCE_MS, onSilent: () => note('the orchestrator does not answer, waiting ...') },
  });
  try {
    await client.executeTasks(await withInputsUploaded(tasks, client), { runId });
    await cluster.startWorkers(orchestrator.url);
    return client;
  } catch (thrown) {
    await client.close();
    if (!(thrown instanceof Problem)) throw thrown;
    await cluster.stop();
    if (folders.ledgerIsOwn) await rm(folders.ledger, { recursive: true, force: true });
    throw new RefusedFile(tasks.name, thrown);
  }
}

async function stopAfter<T>(cluster: LocalCluster, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    await cluster.stop();
  }
}

function foldersOf(data: string | undefined, runId: string): Folders {
  if (data !== undefined) return { data, ledger: join(data, 'data'), ledgerIsOwn: false };
  return { data: '.', ledger: join('data', 'runs', runId), ledgerIsOwn: true };
}

function closingLines(outcome: RunOutcome, folders: Folders): string {
  return [
    `run ${outcome.run_id} ${outcome.status}, ${summarize(outcome.tasks)}`,
    `results in ${join(folders.data, 'results')}, ledger in ${folders.ledger}, logs in ${join(folders.data, 'logs')}`,
  ].join('\n');
}
