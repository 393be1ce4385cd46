import { word } from '../text/text.ts';

/** A shape for each state, so that colour is never all that tells them apart. */
const SHAPES: Readonly<Record<string, string>> = {
  queued: '○',
  receiving: '○',
  running: '▶',
  active: '▶',
  succeeded: '✓',
  failed: '✕',
  timed_out: '✕',
  cancelled: '⊘',
  lost: '⚡',
  released: '↩',
  superseded: '≡',
  online: '●',
  offline: '◌',
  ready: '●',
  draining: '↧',
  quarantined: '■',
  faulty: '✕',
};

/** A state as a shape and a word. */
export function Badge({ kind = 'status', state }: { kind?: 'status' | 'condition'; state: string }) {
  return (
    <span class={`badge is-${state}`}>
      <span aria-hidden="true">{SHAPES[state] ?? '·'}</span> {word(kind, state)}
    </span>
  );
}
