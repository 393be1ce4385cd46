import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { requireBuild } from './build-check.ts';
import type { CliContext } from './context.ts';
import { EXIT, exitCodeOf, reportFailure } from './failure.ts';

/** A command that is loaded only when it is named, so that `motes status` does not wait for what `motes run` needs. */
interface LazyCommand {
  readonly summary: string;
  /** `args` is what follows its name. */
  load(context: CliContext, args: readonly string[]): Promise<Command>;
}

/** Every command by its name. */
export const COMMANDS: Readonly<Record<string, LazyCommand>> = {
  run: {
    summary: 'run a task file on this machine, from start to end',
    load: async (context) => (await import('./commands/run.ts')).runCommand(context),
  },
  up: {
    summary: 'start an orchestrator and workers on this machine and keep them',
    load: async (context) => (await import('./commands/up.ts')).upCommand(context),
  },
  status: {
    summary: 'which workers are online, how many tasks there are',
    load: async (context) => (await import('./commands/status.ts')).statusCommand(context),
  },
  ping: {
    summary: 'ping every worker',
    load: async (context) => (await import('./commands/status.ts')).pingCommand(context),
  },
  workers: {
    summary: 'list the workers and what they run',
    load: async (context) => (await import('./commands/status.ts')).workersCommand(context),
  },
  functions: {
    summary: 'list the functions, or what one takes',
    load: async (context) => (await import('./commands/status.ts')).functionsCommand(context),
  },
  execute: {
    summary: 'submit a task file to an orchestrator',
    load: async (context) => (await import('./commands/execute.ts')).executeCommand(context),
  },
  monitor: {
    summary: 'watch workers and tasks',
    load: async (context) => (await import('./commands/monitor.ts')).monitorCommand(context),
  },
  runs: {
    summary: 'list the runs, newest first',
    load: async (context) => (await import('./commands/runs.ts')).runsCommand(context),
  },
  tasks: {
    summary: 'list tasks, or tell all about one',
    load: async (context) => (await import('./commands/tasks.ts')).tasksCommand(context),
  },
  results: {
    summary: 'print results, also as CSV',
    load: async (context) => (await import('./commands/tasks.ts')).resultsCommand(context),
  },
  log: {
    summary: 'what a task said, and what happened to it',
    load: async (context) => (await import('./commands/log.ts')).logCommand(context),
  },
  report: {
    summary: 'write a run as one HTML file, to mail or to keep',
    load: async (context) => (await import('./commands/report.ts')).reportCommand(context),
  },
  upload: {
    summary: 'upload a file for tasks to name',
    load: async (context) => (await import('./commands/upload.ts')).uploadCommand(context),
  },
  artifacts: {
    summary: 'list the files that a task wrote, or fetch one',
    load: async (context) => (await import('./commands/artifacts.ts')).artifactsCommand(context),
  },
  cancel: {
    summary: 'stop a task, or all of a run',
    load: async (context) => (await import('./commands/control.ts')).cancelCommand(context),
  },
  retry: {
    summary: 'queue what failed again',
    load: async (context) => (await import('./commands/control.ts')).retryCommand(context),
  },
  explain: {
    summary: 'why a task is not running yet',
    load: async (context) => (await import('./commands/control.ts')).explainCommand(context),
  },
  drain: {
    summary: 'have a worker take no more tasks',
    load: async (context) => (await import('./commands/control.ts')).drainCommand(context),
  },
  worker: {
    summary: 'the single role: host functions on this machine',
    load: async (context, args) => (await import('./commands/worker.ts')).workerCommand(context, args),
  },
  orchestrator: {
    summary: 'the single role: dispatch tasks to workers',
    load: async () => (await import('../orchestrator/main.ts')).orchestratorCommand(),
  },
  selftest: {
    summary: 'check that this machine computes what it should',
    load: async (context) => (await import('./commands/selftest.ts')).selftestCommand(context),
  },
  token: {
    summary: 'make a token that several machines share',
    load: async (context) => (await import('./commands/token.ts')).tokenCommand(context),
  },
};

/**
 * Runs one command line.
 * @param argv without the program's own name.
 * @returns the exit code: 0 success, 1 failure, 2 bad arguments or files, 130 after Ctrl-C.
 */
export async function runCli(argv: readonly string[], context: Omit<CliContext, 'exit'>): Promise<number> {
  let exitCode: number = EXIT.succeeded;
  const exit = (code: number): void => {
    exitCode = code;
  };
  try {
    const program = await createProgram(argv, { ...context, exit });
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.succeeded : EXIT.usage;
    reportFailure(thrown, context.terminal.stderr);
    return exitCodeOf(thrown);
  }
}

async function createProgram(argv: readonly string[], context: CliContext): Promise<Command> {
  const { stdout, stderr } = context.terminal;
  const settle = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
      .showHelpAfterError('(--help shows what it takes)');
  const program = settle(new Command('motes'))
    .description('Runs swarms of particle simulations on the machines you have.')
    .version(manifest.version)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      'after',
      '\nStart with `motes run`, or `motes up`, which has a dashboard, and `motes execute --wait`.\n`motes COMMAND --help` has examples.',
    );
  for (const [name, lazy] of Object.entries(COMMANDS)) {
    const place = argv.indexOf(name);
    const command = place < 0 ? new Command(name) : await lazy.load(context, argv.slice(place + 1));
    // It checks the build when it runs, not when its help is asked for.
    if (name === 'orchestrator') command.hook('preAction', requireBuild);
    program.addCommand(settle(command.summary(lazy.summary)));
  }
  return program;
}
