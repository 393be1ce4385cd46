import { join } from 'node:path';
import { Command, Option } from 'commander';
import { requireBuild } from '../build-check.ts';
import type { CliContext } from '../context.ts';
import { CommandError, EXIT, Interrupted } from '../failure.ts';
import { counted, printable, styled } from '../format.ts';
import { interruptibly, untilAborted } from '../interruption.ts';
import { LocalCluster, type Member } from '../local-cluster.ts';
import { readableLogLine } from '../log-line.ts';
import { addExamples, jsonOption, wholeNumber } from '../options.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

interface UpFlags {
  readonly workers: number;
  readonly port: number;
  readonly workerPort: number;
  readonly slots?: number;
  readonly data?: string;
  readonly tasks?: string;
  readonly json?: boolean;
}

const START_DEADLINE_MS = 30_000;
/** Longer than a worker's own grace for what it runs. */
const STOP_GRACE_MS = 45_000;

/** `motes up`: a motes of one machine that stays until it is stopped. */
export function upCommand(context: CliContext): Command {
  const command = new Command('up')
    .description(
      'Starts an orchestrator and workers on this machine and keeps them running; one that dies is started again. ' +
        'Ctrl-C or SIGTERM lets the workers finish what they run and stops all; a second Ctrl-C does not wait.',
    )
    .option('--workers <n>', 'how many workers', wholeNumber(1, 64), 3)
    .option('--port <port>', 'of the orchestrator; 0: any free one', wholeNumber(0, 65_535), 5000)
    .option('--worker-port <port>', 'of the first worker, the others follow; 0: any', wholeNumber(0, 65_471), 8001)
    .option('--slots <n>', 'tasks at once on each worker (default: the processors, divided)', wholeNumber(1, 1024))
    .addOption(
      new Option('--data <dir>', 'the folder for data/ (the ledger), results/ and logs/ (default: here)').env(
        'MOTES_DATA',
      ),
    )
    .option('--tasks <file>', 'what `motes execute` without a file runs (default: configs/tasks.yaml)')
    .addOption(jsonOption())
    .action(async (flags: UpFlags) => context.exit(await up(flags, context)));
  return addExamples(command, {
    'motes up': 'on http://localhost:5000, three workers from port 8001',
    'motes up --workers 8 --slots 1': 'eight workers, each with one task at a time',
    'motes up --port 0 --worker-port 0 --json': 'on free ports, told as JSON',
  });
}

async function up(flags: UpFlags, context: CliContext): Promise<number> {
  requireBuild();
  const { stderr } = context.terminal;
  const lines = new ChildLines(stderr);
  const cluster = createCluster(flags, context, lines);
  const serve = async (signal: AbortSignal): Promise<never> => {
    try {
      return await Promise.race([startAndStay(cluster, lines, flags, context), cluster.broken, untilAborted(signal)]);
    } finally {
      if (signal.aborted) writeLine(stderr, 'stopping: workers finish what they run (Ctrl-C again: at once)');
      await cluster.stop();
    }
  };
  try {
    return await interruptibly(context.signals, serve, () => cluster.kill());
  } catch (thrown) {
    // To be stopped is how it is meant to end.
    if (thrown instanceof Interrupted) return EXIT.succeeded;
    throw thrown;
  }
}

function createCluster(flags: UpFlags, context: CliContext, lines: ChildLines): LocalCluster {
  const { stderr } = context.terminal;
  return new LocalCluster({
    workers: flags.workers,
    slots: flags.slots ?? null,
    orchestratorPort: flags.port,
    firstWorkerPort: flags.workerPort,
    orchestratorArgs: [
      ...(flags.data === undefined ? [] : ['--data', flags.data]),
      ...(flags.tasks === undefined ? [] : ['--tasks', flags.tasks]),
    ],
    workerGraceSeconds: null,
    logFolder: join(flags.data ?? '.', 'logs'),
    env: context.env,
    startDeadlineMs: START_DEADLINE_MS,
    stopGraceMs: STOP_GRACE_MS,
    mostRestarts: Number.POSITIVE_INFINITY,
    onNote: (text) => writeLine(stderr, text),
    onLine: (name, line) => lines.add(name, line),
  });
}

/** Shows what children print once all are ready: before, a failure tells their last words, and success needs none. */
class ChildLines {
  isShown = false;
  readonly #stream: OutputStream;

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  add(name: string, line: string): void {
    if (!this.isShown) return;
    writeLine(this.#stream, `${styled(this.#stream, 'dim', `${name} |`)} ${printable(readableLogLine(line))}`);
  }
}

async function startAndStay(
  cluster: LocalCluster,
  lines: ChildLines,
  flags: UpFlags,
  context: CliContext,
): Promise<never> {
  const orchestrator = await cluster.startOrchestrator();
  const workers = await cluster.startWorkers(orchestrator.url).catch(explainPorts);
  lines.isShown = true;
  announce(orchestrator, workers, flags, context);
  return new Promise<never>(() => {});
}

/** A worker knows its own options, not those of this command. */
function explainPorts(thrown: Error): never {
  if (!thrown.message.includes('port is in use')) throw thrown;
  throw new CommandError(`${thrown.message}\nthe ports of workers begin at --worker-port; 0 takes any`, {
    cause: thrown,
  });
}

function announce(orchestrator: Member, workers: readonly Member[], flags: UpFlags, context: CliContext): void {
  const { stdout } = context.terminal;
  if (flags.json) {
    const { url, pid } = orchestrator;
    writeJson(stdout, { orchestrator: { url, pid }, workers });
    return;
  }
  for (const { name, url, slots } of [orchestrator, ...workers])
    writeLine(stdout, `${name.padEnd(12)}  ${url}${slots > 0 ? `  ${counted(slots, 'slot')}` : ''}`);
  writeLine(stdout, `dashboard     ${orchestrator.url}/`);
  const elsewhere = flags.port === 5000 ? '' : ` --url ${orchestrator.url}`;
  writeLine(stdout, `ready; try \`motes execute --wait${elsewhere}\` in another terminal; Ctrl-C stops all`);
}
