/** What the view says of itself. */
import type { FrameNote } from '../../wire/frame-stream.ts';
import type { TextName } from '../text/text.ts';

export interface Situation {
  /** What was said of the task last; null before that. */
  readonly note: FrameNote | null;
  /** There is a frame on the screen. */
  readonly hasShot: boolean;
  readonly isLost: boolean;
  readonly isPaused: boolean;
}

/** The name of the sentence that fits. */
export function phaseOf({ note, hasShot, isLost, isPaused }: Situation): TextName {
  if (note?.state === 'ended') return hasShot ? 'live.ended' : 'live.over';
  if (isPaused) return 'live.paused';
  if (isLost) return 'live.lost';
  switch (note?.state) {
    case 'queued':
      return 'live.queued';
    case 'waiting':
      return 'live.waiting';
    case 'unseen':
      return hasShot ? 'live.slow' : 'live.unseen';
    case 'unreachable':
      return 'live.unreachable';
    case 'running':
      return hasShot ? 'live.moving' : 'live.first';
    default:
      return 'live.connecting';
  }
}
