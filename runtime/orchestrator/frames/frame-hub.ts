/**
 * Shows the particles of running tasks to those who look. A task has one stream from its worker, however many look at it,
 * and none while nobody does; of its frames only the newest is kept, so that a slow reader misses some and holds up nothing.
 */
import { FrameViewer } from './frame-viewer.ts';
import { TaskFrames, type TaskFramesOptions } from './task-frames.ts';

/** More may not look at once: they are people, and each costs something. */
const MOST_VIEWERS = 64;

export class FrameHub {
  readonly #options: TaskFramesOptions;
  /** Tasks that somebody looks at and that have not ended. */
  readonly #tasks = new Map<string, TaskFrames>();
  #viewers = 0;
  #isStopped = false;

  constructor(options: TaskFramesOptions) {
    this.#options = options;
  }

  /** How many look. */
  get viewers(): number {
    return this.#viewers;
  }

  /**
   * Begins to look at a task; what it gives has to be closed.
   * @returns null when too many look already
   */
  watch(runId: string, taskId: string, intervalMs: number): FrameViewer | null {
    if (this.#viewers === MOST_VIEWERS || this.#isStopped) return null;
    this.#viewers += 1;
    const frames = this.#framesOf(runId, taskId);
    frames.viewers += 1;
    return new FrameViewer(frames, intervalMs, this.#options, () => {
      this.#viewers -= 1;
      frames.viewers -= 1;
      if (frames.viewers === 0) frames.stop();
    });
  }

  /** Tells all who look that there is no more to come from here. */
  stop(): void {
    this.#isStopped = true;
    for (const frames of this.#tasks.values()) frames.stop();
  }

  #framesOf(runId: string, taskId: string): TaskFrames {
    const name = `${runId}\n${taskId}`;
    const known = this.#tasks.get(name);
    if (known && known.note?.state !== 'ended') return known;
    const frames = new TaskFrames(runId, taskId, this.#options);
    this.#tasks.set(name, frames);
    void frames.follow().finally(() => {
      if (this.#tasks.get(name) === frames) this.#tasks.delete(name);
    });
    return frames;
  }
}
