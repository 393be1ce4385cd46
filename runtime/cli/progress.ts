import cliProgress from 'cli-progress';
import type { Run, Task } from '../wire/task.ts';
import { formatSeconds, printable, shorten, styled } from './format.ts';
import { type OutputStream, writeLine } from './terminal.ts';

/** Shows how a run goes on. */
export interface ProgressView {
  /** The run's counts, and what is running now. */
  update(run: Run, running: readonly Task[]): void;
  /** A task has ended. */
  ended(task: Task): void;
  /** Something that the user should know, in passing. */
  note(text: string): void;
  /** Ends the drawing; to be called once. */
  stop(): void;
}

/** With more tasks than this, the run is shown as a whole and its tasks are not told one by one. */
export const MOST_TASKS_SHOWN_SINGLY = 40;
/** On a pipe, a large run says so often how far it is. */
const LINE_EVERY_MS = 5_000;
const BAR_WIDTH = 30;
const CLEAR_TO_END_OF_LINE = '\u001b[K';
const LONGEST_ID = 24;

/** Bars that move on a terminal, plain lines on anything else. */
export function createProgressView(stream: OutputStream, now: () => number = () => performance.now()): ProgressView {
  return stream.isTTY ? createBars(stream) : createLines(stream, now);
}

function createLines(stream: OutputStream, now: () => number): ProgressView {
  let lastLineAt = now();
  return {
    update(run) {
      if (run.tasks_total <= MOST_TASKS_SHOWN_SINGLY || now() - lastLineAt < LINE_EVERY_MS) return;
      lastLineAt = now();
      const failed = run.tasks.failed > 0 ? `, ${run.tasks.failed} failed` : '';
      writeLine(stream, `${endedOf(run)} of ${run.tasks_total} tasks done${failed}`);
    },
    ended: (task) => writeLine(stream, endedLine(task, stream)),
    note: (text) => writeLine(stream, text),
    stop() {},
  };
}

function createBars(stream: OutputStream): ProgressView {
  const bars = new cliProgress.MultiBar({
    stream,
    // A bar whose task has ended is an empty line until the next task takes it.
    format: (_options, params, { label }) => (label === '' ? '' : `${drawBar(params.progress)} ${label}`),
    hideCursor: true,
    clearOnComplete: true,
    // The command stops the view itself, whatever ends it.
    gracefulExit: false,
  });
  // The library clears only the first of several lines, and a line may be shorter than the bar that it replaces.
  const log = (line: string): void => bars.log(`${line}${CLEAR_TO_END_OF_LINE}\n`);
  const overall = createOverallBar(bars);
  const single = createTaskBars(bars);
  return {
    update(run, running) {
      overall.update(run);
      if (run.tasks_total <= MOST_TASKS_SHOWN_SINGLY) single.update(running);
    },
    ended: (task) => log(endedLine(task, stream)),
    note: log,
    stop: () => bars.stop(),
  };
}

function createOverallBar(bars: cliProgress.MultiBar) {
  let bar: cliProgress.SingleBar | undefined;
  return {
    update(run: Run): void {
      const { running, failed } = run.tasks;
      const done = endedOf(run);
      const label = `${done} of ${run.tasks_total} done, ${running} running${failed > 0 ? `, ${failed} failed` : ''}`;
      bar ??= bars.create(run.tasks_total, 0, { label });
      bar.update(done, { label });
    },
  };
}

/** A bar for each running task. A bar is handed on to the next task when its own has ended. */
function createTaskBars(bars: cliProgress.MultiBar) {
  const slots: { bar: cliProgress.SingleBar; taskId: string | null }[] = [];
  const slotFor = (taskId: string) => {
    const slot = slots.find((each) => each.taskId === taskId) ?? slots.find((each) => each.taskId === null);
    if (slot) return slot;
    const added = { bar: bars.create(1, 0, { label: '' }), taskId: null };
    slots.push(added);
    return added;
  };
  return {
    update(running: readonly Task[]): void {
      const ids = new Set(running.map((task) => task.id));
      for (const slot of slots) if (slot.taskId !== null && !ids.has(slot.taskId)) slot.taskId = null;
      for (const task of running) {
        const slot = slotFor(task.id);
        slot.taskId = task.id;
        slot.bar.setTotal(task.progress?.total ?? 1);
        slot.bar.update(task.progress?.done ?? 0, { label: runningLabel(task) });
      }
      for (const slot of slots) if (slot.taskId === null) slot.bar.update(0, { label: '' });
    },
  };
}

function drawBar(progress: number): string {
  const full = Math.round(Math.min(1, Math.max(0, progress)) * BAR_WIDTH);
  return `[${'='.repeat(full)}${' '.repeat(BAR_WIDTH - full)}]`;
}

function runningLabel(task: Task): string {
  const worker = task.worker_id === null ? '' : ` on ${printable(task.worker_id)}`;
  const again = task.attempts > 1 ? `, attempt ${task.attempts}` : '';
  return `${printable(shorten(task.id, LONGEST_ID))}${worker}${again}`;
}

function endedLine(task: Task, stream: OutputStream): string {
  const where = task.worker_id === null ? '' : ` on ${printable(task.worker_id)}`;
  const time = task.duration === null ? '' : ` in ${formatSeconds(task.duration)}`;
  if (task.status === 'succeeded') return `${styled(stream, 'green', 'done')} ${printable(task.id)}${where}${time}`;
  const reason = task.error ? `: ${printable(task.error.detail)}` : '';
  return `${styled(stream, 'red', task.status)} ${printable(task.id)}${where}${time}${reason}`;
}

function endedOf(run: Run): number {
  return run.tasks.succeeded + run.tasks.failed + run.tasks.cancelled;
}
