/** `motes cancel`, `retry`, `explain` and `drain`: what can be done about tasks and workers. */
import { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { CliContext } from '../context.ts';
import { CommandError, EXIT, UsageError } from '../failure.ts';
import { counted, printable } from '../format.ts';
import { addClientOptions, addExamples, type ClientFlags, withClient } from '../options.ts';
import { isConfirmed, QUERY_HELP, QUERY_OPTION, withSearchShown } from '../search.ts';
import { findTarget } from '../target.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

const ID_HELP = "RUN/ID, an ID of the newest run's, or a RUN";
const YES_HELP = 'with --query: do it without asking';

interface ManyFlags extends ClientFlags {
  readonly query?: string;
  readonly yes?: boolean;
  readonly failed?: boolean;
}

/** `motes cancel`. */
export function cancelCommand(context: CliContext): Command {
  const command = new Command('cancel')
    .description(
      'Stops a task, everything of a run that has not ended, or what a search finds. What computes is stopped where it is.',
    )
    .argument('[id]', ID_HELP)
    .option(QUERY_OPTION, QUERY_HELP)
    .option('-y, --yes', YES_HELP)
    .action((id: string | undefined, flags: ManyFlags) =>
      withClient(flags, async (client) => {
        if (flags.query !== undefined) return cancelFound(client, id, { ...flags, query: flags.query }, context);
        const { runId, taskId } = await named(client, id);
        print(context.terminal.stdout, flags, await client.cancel(runId, taskId));
      }),
    );
  return addExamples(addClientOptions(command), {
    'motes cancel simulation_large': "one task of the newest run's",
    'motes cancel 20250107-103000-k3x9': 'a whole run',
    "motes cancel -q 'run:newest particles>100000'": 'some, once you said yes',
  });
}

/** `motes retry`. */
export function retryCommand(context: CliContext): Command {
  const command = new Command('retry')
    .description('Queues what failed or was cancelled again, with all its retries; results that are there stay.')
    .argument('[id]', ID_HELP)
    .option('--failed', 'only what failed, not what was cancelled')
    .option(QUERY_OPTION, QUERY_HELP)
    .option('-y, --yes', YES_HELP)
    .action((id: string | undefined, flags: ManyFlags) =>
      withClient(flags, async (client) => {
        if (flags.query !== undefined) return retryFound(client, id, { ...flags, query: flags.query }, context);
        const { runId, taskId } = await named(client, id);
        const which = { ...(taskId !== undefined && { taskId }), ...(flags.failed && { only: 'failed' as const }) };
        print(context.terminal.stdout, flags, await client.retry(runId, which));
      }),
    );
  return addExamples(addClientOptions(command), {
    'motes retry 20250107-103000-k3x9': 'all of a run that failed or was cancelled',
    'motes retry 20250107-103000-k3x9 --failed': 'only what failed',
    'motes retry simulation_large': "one task of the newest run's",
    "motes retry -q 'status:failed error:worker_lost' --yes": 'of all runs what failed so, without asking',
  });
}

/** @throws UsageError where nothing was named */
async function named(client: Client, id: string | undefined): Promise<{ runId: string; taskId?: string }> {
  if (id === undefined) throw new UsageError('name a task or a run, or say which with --query');
  const target = await findTarget(client, id);
  if (target.kind === 'run') return { runId: target.run.run_id };
  return { runId: target.task.run_id, taskId: target.task.id };
}

type FoundFlags = ManyFlags & { readonly query: string };

async function cancelFound(client: Client, id: string | undefined, flags: FoundFlags, context: CliContext) {
  const { query, counts } = await lookAt(client, id, flags);
  const count = counts.queued + counts.running;
  const question = `cancel ${counted(count, 'task')} (${counts.queued} queued, ${counts.running} running)`;
  if (await isMeant(count, question, flags, context))
    print(context.terminal.stdout, flags, await client.cancelTasks(query, count));
}

async function retryFound(client: Client, id: string | undefined, flags: FoundFlags, context: CliContext) {
  const { query, counts } = await lookAt(client, id, flags);
  const count = counts.failed + (flags.failed ? 0 : counts.cancelled);
  const what = flags.failed ? 'failed' : `${counts.failed} failed, ${counts.cancelled} cancelled`;
  if (await isMeant(count, `queue ${counted(count, 'task')} (${what}) again`, flags, context))
    print(context.terminal.stdout, flags, await client.retryTasks(query, count, flags.failed ? 'failed' : undefined));
}

/** The search, within a run where one is named, and what it finds now. */
async function lookAt(client: Client, id: string | undefined, flags: FoundFlags) {
  const target = id === undefined ? null : await findTarget(client, id);
  if (target?.kind === 'task') throw new UsageError(`${id} is a task - search in all runs, or name a RUN`);
  const query = target ? `${flags.query} run:${target.run.run_id}` : flags.query;
  const { counts } = await withSearchShown(query, () => client.countTasks({ q: query }));
  return { query, counts };
}

/** Whether to go on; says so where there is nothing to do, or its user does not want it. */
async function isMeant(count: number, question: string, flags: FoundFlags, context: CliContext): Promise<boolean> {
  const { terminal } = context;
  if (count > 0 && (flags.yes || (await isConfirmed(terminal, question)))) return true;
  writeLine(terminal.stderr, count > 0 ? 'nothing was done' : 'nothing that can be changed was found');
  context.exit(EXIT.failed);
  return false;
}

/** `motes explain`. */
export function explainCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('explain')
    .description('Tells why a task is not running: nobody serves its type, all are busy, it waits for its backoff.')
    .argument('<id>', "RUN/ID, or an ID of the newest run's")
    .action((id: string, flags: ClientFlags) =>
      withClient(flags, async (client) => {
        const target = await findTarget(client, id);
        if (target.kind === 'run')
          throw new CommandError(`${target.run.run_id} is a run - name one of its tasks: RUN/ID`);
        const explanation = await client.explain(target.task.run_id, target.task.id);
        const { run_id: runId, id: taskId, detail } = explanation;
        print(stdout, flags, { ...explanation, message: `${runId}/${taskId}: ${detail}` });
      }),
    );
  return addExamples(addClientOptions(command), { 'motes explain simulation_large': "a task of the newest run's" });
}

/** `motes drain`. */
export function drainCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('drain')
    .description(
      'Has a worker take no more tasks: it finishes what it runs, or hands it back. Started again, it is back.',
    )
    .argument('<worker>', 'its id')
    .action((id: string, flags: ClientFlags) =>
      withClient(flags, async (client) => print(stdout, flags, await client.drain(id))),
    );
  return addExamples(addClientOptions(command), { 'motes drain worker2': 'before its machine is switched off' });
}

function print(stream: OutputStream, flags: ClientFlags, answer: { readonly message: string }): void {
  if (flags.json) writeJson(stream, answer);
  else writeLine(stream, printable(answer.message));
}
