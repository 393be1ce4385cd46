import { SettingError } from '../process/setting-error.ts';
import type { Fault } from '../wire/problem.ts';
import { PROBLEMS, Problem, type ProblemCode } from '../wire/problem.ts';
import { printable, styled, withoutControls } from './format.ts';
import { type OutputStream, writeLine } from './terminal.ts';

/** How a command ended, as its process says it. */
export const EXIT = { succeeded: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** A user's mistake in arguments or files: told with a remedy, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that cannot be had right now, told without a stack: exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A signal that ended the command. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.exitCode = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  }
}

/** A file that the orchestrator refused: the problem, and which file it was. */
export class RefusedFile extends Error {
  override readonly name = 'RefusedFile';
  readonly file: string;
  readonly problem: Problem;

  constructor(file: string, problem: Problem) {
    super(`${file}: ${problem.message}`, { cause: problem });
    this.file = file;
    this.problem = problem;
  }
}

const USAGE_STATUSES: readonly number[] = [400, 404, 413, 422];

/** The exit code of a failure: 2 where the user's file or arguments are to blame. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof Interrupted) return thrown.exitCode;
  if (thrown instanceof UsageError || thrown instanceof SettingError) return EXIT.usage;
  if (thrown instanceof RefusedFile) return exitCodeOf(thrown.problem);
  if (thrown instanceof Problem && thrown.code !== 'not_found' && USAGE_STATUSES.includes(PROBLEMS[thrown.code][0]))
    return EXIT.usage;
  return EXIT.failed;
}

/** True for failures that somebody foresaw and that their message explains; of the others the stack is worth showing. */
function isExpected(thrown: Error): boolean {
  return (
    thrown instanceof UsageError ||
    thrown instanceof SettingError ||
    thrown instanceof CommandError ||
    thrown instanceof Interrupted ||
    (thrown instanceof Problem && thrown.code !== ('internal' satisfies ProblemCode)) ||
    ('code' in thrown && 'syscall' in thrown)
  );
}

/**
 * Tells a failure: message and remedy, every fault of a refused submission on a line of its own; a stack only for what
 * nobody foresaw.
 */
export function reportFailure(thrown: unknown, stream: OutputStream): void {
  writeLine(stream, `${styled(stream, 'red', 'motes:')} ${withoutControls(describe(thrown))}`);
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  // The orchestrator saw a body, the user has a file.
  if (thrown instanceof RefusedFile)
    return `${thrown.file}: ${describe(thrown.problem).replace(/^the body(, | )| in the body\b/, '')}`;
  if (!isExpected(thrown)) return thrown.stack ?? thrown.message;
  if (!(thrown instanceof Problem)) return thrown.message;
  const lines = (thrown.faults.length > 0 ? thrown.faults : [faultOf(thrown)]).map(faultLine);
  return lines.length === 1 ? lines[0]! : [`${lines.length} faults, nothing was run`, ...lines].join('\n  ');
}

function faultOf(problem: Problem): Fault {
  return {
    code: problem.code,
    detail: problem.message,
    ...(problem.taskId !== undefined && { task_id: problem.taskId }),
  };
}

/** What was wrong, with the task's name where the detail does not say it itself. */
function faultLine({ detail, task_id }: Fault): string {
  return printable(task_id === undefined || detail.includes(task_id) ? detail : `task "${task_id}": ${detail}`);
}
