import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { Patience } from '../../client/patience.ts';
import type { SubmissionAnswer } from '../../wire/orchestrator-api.ts';
import { Problem } from '../../wire/problem.ts';
import type { CliContext } from '../context.ts';
import { EXIT, Interrupted, RefusedFile } from '../failure.ts';
import { exitCodeOfRun, followRun } from '../follow-run.ts';
import { counted, printable } from '../format.ts';
import { interruptibly } from '../interruption.ts';
import { addClientOptions, addExamples, type ClientFlags, withClient } from '../options.ts';
import { createProgressView } from '../progress.ts';
import { renderResults, summarize } from '../results-table.ts';
import { readTaskFile, type TaskFile } from '../task-file.ts';
import { withInputsUploaded } from '../task-inputs.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

interface ExecuteFlags extends ClientFlags {
  readonly wait?: boolean;
}

/** How long a restarting orchestrator may be silent before a waiting client gives up. */
const PATIENCE_MS = 10 * 60_000;

/** `motes execute`. */
export function executeCommand(context: CliContext): Command {
  const command = new Command('execute')
    .description(
      "Submits a task file, or has the orchestrator run its own. With --wait, shows the run's progress and its " +
        'results; exit code 0 if all tasks succeeded, 1 if any failed, 2 for a bad file.',
    )
    .argument('[file]', "the tasks, YAML or JSON; - is the standard input (default: the orchestrator's task file)")
    .option('--wait', 'wait for the end of the run')
    .action(async (file: string | undefined, flags: ExecuteFlags) => context.exit(await execute(file, flags, context)));
  return addExamples(addClientOptions(command), {
    'motes execute': "the orchestrator's own task file",
    'motes execute sweep.yaml --wait': 'a file of yours; stays until it has ended',
    'generate-sweep | motes execute -': 'tasks from another program',
  });
}

async function execute(file: string | undefined, flags: ExecuteFlags, context: CliContext): Promise<number> {
  const { stdin, stdout, stderr } = context.terminal;
  const tasks = file === undefined ? null : await readTaskFile(file, stdin);
  return withClient(
    flags,
    async (client) => {
      const answer = await submit(client, tasks);
      if (flags.wait) return wait(client, answer, flags, context);
      if (flags.json) writeJson(stdout, answer);
      else writeLine(stdout, submittedLines(answer));
      return EXIT.succeeded;
    },
    patienceOn(stderr),
  );
}

/** Says so when the orchestrator is away, and when it is back. */
export function patienceOn(stream: OutputStream): Patience {
  return {
    forMs: PATIENCE_MS,
    onSilent: () => writeLine(stream, 'the orchestrator does not answer, waiting ...'),
    onBack: () => writeLine(stream, 'the orchestrator is back'),
  };
}

async function submit(client: Client, tasks: TaskFile | null): Promise<SubmissionAnswer> {
  try {
    const submission = tasks && (await withInputsUploaded(tasks, client));
    return await client.executeTasks(submission, { idempotencyKey: randomUUID() });
  } catch (thrown) {
    throw thrown instanceof Problem && tasks !== null && thrown.status < 500 && thrown.code !== 'unauthorized'
      ? new RefusedFile(tasks.name, thrown)
      : thrown;
  }
}

async function wait(
  client: Client,
  answer: SubmissionAnswer,
  flags: ExecuteFlags,
  context: CliContext,
): Promise<number> {
  const { stdout, stderr } = context.terminal;
  const view = createProgressView(stderr);
  try {
    const outcome = await interruptibly(context.signals, (signal) => followRun(client, answer.run_id, view, signal));
    view.stop();
    if (flags.json) writeJson(stdout, outcome);
    else
      writeLine(
        stdout,
        `${renderResults(outcome.tasks, stdout)}\n\nrun ${printable(outcome.run_id)} ${outcome.status}, ${summarize(outcome.tasks)}`,
      );
    return exitCodeOfRun(outcome);
  } catch (thrown) {
    view.stop();
    if (thrown instanceof Interrupted)
      writeLine(stderr, printable(`run ${answer.run_id} goes on without you: see \`motes tasks ${answer.run_id}\``));
    throw thrown;
  }
}

function submittedLines(answer: SubmissionAnswer): string {
  const run = printable(answer.run_id);
  return [
    `run ${run}: ${counted(answer.tasks.length, 'task')}`,
    `follow it with \`motes tasks ${run}\`; when it has ended, \`motes results ${run}\``,
  ].join('\n');
}
