/** `motes cancel`, `retry`, `explain` and `drain`: what can be done about tasks and workers. */
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { CommandError } from '../failure.ts';
import { printable } from '../format.ts';
import { addClientOptions, addExamples, type ClientFlags, withClient } from '../options.ts';
import { findTarget } from '../target.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

const ID_HELP = "RUN/ID, an ID of the newest run's, or a RUN";

/** `motes cancel`. */
export function cancelCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('cancel')
    .description('Stops a task, or everything of a run that has not ended. What computes is stopped where it is.')
    .argument('<id>', ID_HELP)
    .action((id: string, flags: ClientFlags) =>
      withClient(flags, async (client) => {
        const target = await findTarget(client, id);
        const { run_id: runId } = target.kind === 'task' ? target.task : target.run;
        print(stdout, flags, await client.cancel(runId, target.kind === 'task' ? target.task.id : undefined));
      }),
    );
  return addExamples(addClientOptions(command), {
    'motes cancel simulation_large': "one task of the newest run's",
    'motes cancel 20250107-103000-k3x9': 'a whole run',
  });
}

/** `motes retry`. */
export function retryCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('retry')
    .description('Queues what failed or was cancelled again, with all its retries; results that are there stay.')
    .argument('<id>', ID_HELP)
    .option('--failed', 'only what failed, not what was cancelled')
    .action((id: string, flags: ClientFlags & { failed?: boolean }) =>
      withClient(flags, async (client) => {
        const target = await findTarget(client, id);
        const { run_id: runId } = target.kind === 'task' ? target.task : target.run;
        const taskId = target.kind === 'task' ? { taskId: target.task.id } : {};
        print(
          stdout,
          flags,
          await client.retry(runId, { ...taskId, ...(flags.failed && { only: 'failed' as const }) }),
        );
      }),
    );
  return addExamples(addClientOptions(command), {
    'motes retry 20250107-103000-k3x9': 'all of a run that failed or was cancelled',
    'motes retry 20250107-103000-k3x9 --failed': 'only what failed',
    'motes retry simulation_large': "one task of the newest run's",
  });
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
