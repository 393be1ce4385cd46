/** The particles of a running task, as they move, with what is measured of them beside. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { FrameNote } from '../../wire/frame-stream.ts';
import { Failure } from '../parts/failure.tsx';
import { ApiError, ask, pathOf } from '../state/api.ts';
import { nameOf, onTaskChanges } from '../state/store.ts';
import { count, quantity, t, word } from '../text/text.ts';
import { FIRST_POSE, type Pose, zoomed } from './camera.ts';
import { gradientOf } from './colours.ts';
import { Facts } from './facts.tsx';
import { FrameFeed, type Shot } from './feed.ts';
import { listenForGestures } from './gestures.ts';
import { phaseOf } from './phase.ts';
import { type Scale, Stage } from './stage.ts';

/** What is known of a task's particles, for the parts of this view. */
export interface LiveState {
  readonly shot: Signal<Shot | null>;
  readonly note: Signal<FrameNote | null>;
  readonly isLost: Signal<boolean>;
  readonly isPaused: Signal<boolean>;
  /** Why there will be nothing. */
  readonly error: Signal<Error | null>;
}

interface LiveProps {
  readonly run: string;
  readonly id: string;
}

/** Shows the particles of a task, on whichever worker it runs, as long as somebody looks. */
export function Live({ run, id }: LiveProps) {
  const state = useFrames(run, id);
  const { shot, note, error, isLost, isPaused } = state;
  const phase = phaseOf({
    note: note.value,
    hasShot: shot.value !== null,
    isLost: isLost.value,
    isPaused: isPaused.value,
  });
  const worker = note.value?.worker_id ?? '';
  const status = note.value?.status ? word('status', note.value.status) : '';
  return (
    <section class="live panel" aria-labelledby="live-title">
      <h2 id="live-title">{t('live.title')}</h2>
      {error.value ? (
        <Failure error={error.value} />
      ) : (
        <p class={`live-phase is-${note.value?.state ?? 'connecting'}`} role="status">
          {t(phase, { worker, status })}
        </p>
      )}
      <div class="live-columns" hidden={shot.value === null}>
        <Picture state={state} name={`${run}/${id}`} />
        <Facts state={state} run={run} id={id} />
      </div>
    </section>
  );
}

/** Errors after which it need not be asked again. */
const FINAL = ['unknown_run', 'unknown_task', 'unauthorized'];

/** Takes the frames of a task while the page is seen. */
function useFrames(run: string, id: string): LiveState {
  const shot = useSignal<Shot | null>(null);
  const note = useSignal<FrameNote | null>(null);
  const isLost = useSignal(false);
  const isPaused = useSignal(false);
  const error = useSignal<Error | null>(null);
  const state = useMemo(() => ({ shot, note, isLost, isPaused, error }), []);
  useEffect(() => {
    shot.value = note.value = error.value = null;
    isLost.value = false;
    const feed = new FrameFeed({
      open: (signal) => ask(`${pathOf(run, id)}/frames`, { signal }),
      onShot: (next) => {
        shot.value = next;
        isLost.value = false;
      },
      onNote: (next) => {
        note.value = next;
        isLost.value = false;
      },
      onLost: (cause) => {
        isLost.value = true;
        if (isFinal(cause)) error.value = cause;
      },
      isFinal,
    });
    const stopListening = keepOpen(feed, { run, id }, state);
    return () => {
      stopListening();
      feed.stop();
    };
  }, [run, id]);
  return state;
}

function isFinal(error: Error): boolean {
  return error instanceof ApiError && FINAL.includes(error.problem.code);
}

/** Open while the page is seen and nobody paused it; anew when an ended task begins again. */
function keepOpen(feed: FrameFeed, task: LiveProps, { note, isPaused }: LiveState): () => void {
  const end = new AbortController();
  const decide = (): void => {
    if (document.hidden || isPaused.value) feed.stop();
    else if (note.value?.state !== 'ended') feed.start();
  };
  document.addEventListener('visibilitychange', decide, { signal: end.signal });
  const stops = [
    isPaused.subscribe(decide),
    onTaskChanges((_, changes) => {
      const name = nameOf({ run_id: task.run, id: task.id });
      const begins = changes.some(
        (one) => nameOf(one) === name && (one.change === 'running' || one.change === 'retried'),
      );
      if (!begins || note.value?.state !== 'ended') return;
      note.value = null;
      decide();
    }),
  ];
  return () => {
    end.abort();
    for (const stop of stops) stop();
  };
}

const BUTTON_ZOOM = 1.3;

function Picture({ state, name }: { state: LiveState; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const figure = useRef<HTMLElement>(null);
  const stage = useRef<Stage | null>(null);
  const pose = useSignal<Pose>(FIRST_POSE);
  const grown = useSignal(1);
  const scale = useSignal<Scale | null>(null);
  const trouble = useSignal<'live.noWebgl' | 'live.contextLost' | null>(null);
  const reset = (): void => {
    pose.value = FIRST_POSE;
    grown.value = 1;
    stage.current?.refit();
  };
  useEffect(() => {
    const made = Stage.on(canvas.current!, {
      onScale: (next) => (scale.value = next),
      onLost: (isLost) => (trouble.value = isLost ? 'live.contextLost' : null),
    });
    stage.current = made;
    if (!made) {
      trouble.value = 'live.noWebgl';
      return;
    }
    const end = new AbortController();
    listenForGestures(canvas.current!, {
      size: () => made.size,
      radius: () => made.radius,
      isFlat: () => made.isFlat,
      change: (next) => (pose.value = next(pose.value)),
      reset,
      signal: end.signal,
    });
    const stops = [
      state.shot.subscribe((shot) => shot && made.show(shot.view)),
      pose.subscribe((next) => made.lookFrom(next, grown.value)),
      grown.subscribe((next) => made.lookFrom(pose.value, next)),
    ];
    return () => {
      end.abort();
      for (const stop of stops) stop();
      made.free();
    };
  }, []);
  const zoom = (factor: number) => (): void => {
    if (stage.current) pose.value = zoomed(pose.value, factor, stage.current.radius);
  };
  const view = state.shot.value?.view;
  const isDim = state.isLost.value || state.note.value?.state === 'unreachable';
  return (
    <figure class={isDim ? 'live-picture is-dim' : 'live-picture'} ref={figure}>
      <canvas
        ref={canvas}
        role="img"
        tabIndex={0}
        aria-describedby="live-hint"
        aria-label={t('live.canvas', { name, count: count(view?.particles ?? 0) })}
      />
      {trouble.value && <p class="live-trouble">{t(trouble.value)}</p>}
      <figcaption>
        {scale.value && <Legend scale={scale.value} />}
        <div class="live-controls">
          <button type="button" onClick={() => (state.isPaused.value = !state.isPaused.value)}>
            {t(state.isPaused.value ? 'live.resume' : 'live.pause')}
          </button>
          <button type="button" aria-label={t('live.zoomIn')} title={t('live.zoomIn')} onClick={zoom(BUTTON_ZOOM)}>
            +
          </button>
          <button
            type="button"
            aria-label={t('live.zoomOut')}
            title={t('live.zoomOut')}
            onClick={zoom(1 / BUTTON_ZOOM)}
          >
            −
          </button>
          <button type="button" onClick={reset}>
            {t('live.reset')}
          </button>
          <FullScreen of={figure} />
          <label>
            {t('live.size')}
            <input
              type="range"
              min={-2}
              max={2}
              step={0.1}
              value={Math.log2(grown.value)}
              onInput={(event) => (grown.value = 2 ** event.currentTarget.valueAsNumber)}
            />
          </label>
        </div>
        <p class="faint" id="live-hint">
          {t(view && view.dimensions < 3 ? 'live.hintFlat' : 'live.hint')}
        </p>
      </figcaption>
    </figure>
  );
}

/** Not every browser has it, as on a telephone. */
function FullScreen({ of }: { of: { readonly current: HTMLElement | null } }) {
  if (!document.fullscreenEnabled) return null;
  const turn = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    // A browser may say no, as when it shows something else so.
    else void of.current?.requestFullscreen().catch(() => {});
  };
  return (
    <button type="button" onClick={turn}>
      {t('live.fullscreen')}
    </button>
  );
}

function Legend({ scale: { fast, ramp } }: { scale: Scale }) {
  if (fast === null) return null;
  const short = (speed: number): string => quantity(Number(speed.toPrecision(2)));
  return (
    <div class="live-legend" role="img" aria-label={t('live.legendLabel', { fast: short(fast) })}>
      <span>{t('live.speed')}</span>
      <span class="number">0</span>
      <span class="live-ramp" style={{ background: gradientOf(ramp) }} />
      <span class="number">≥ {short(fast)}</span>
    </div>
  );
}
