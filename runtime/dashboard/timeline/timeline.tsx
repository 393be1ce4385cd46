/** Which attempts ran where and when: of the fleet, or of one run. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Timeline as Answer } from '../../wire/timeline.ts';
import { Failure } from '../parts/failure.tsx';
import { get } from '../state/api.ts';
import { now as clock } from '../state/clock.ts';
import { spanText, toSpan } from '../state/span.ts';
import { changes, heardAt, isLive, nameOf, overview, progress } from '../state/store.ts';
import { addressOf, choose, go, part } from '../state/url.ts';
import { span as lengthText, t } from '../text/text.ts';
import { axisTime } from './axis-time.ts';
import { Feed } from './feed.ts';
import { Legend } from './legend.tsx';
import { Notes } from './notes.tsx';
import { Stage } from './stage.ts';
import { AttemptTable } from './table.tsx';
import { Toolbar } from './toolbar.tsx';
import { Tooltip } from './tooltip.tsx';

/** At first so much is followed, where something runs. */
const FOLLOWED_MS = 120_000;
/** What ended a moment ago is followed as what runs is. */
const JUST_NOW_MS = 15_000;
/** The address is written when somebody has come to rest. */
const REST_MS = 400;

export function Timeline({ run }: { run?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const stage = useSignal<Stage | null>(null);
  /** Grows with what the feed knows. */
  const version = useSignal(0);
  const feed = useMemo(() => makeFeed(run ?? null, () => (version.value += 1)), [run]);
  useEffect(() => {
    const look = new LookInAddress();
    const made = makeStage(canvas.current!, scroller.current!, { feed, look, isOfRun: run !== undefined });
    stage.value = made;
    return () => {
      look.stop();
      made.stop();
      feed.stop();
    };
  }, [feed]);
  useSignalEffect(() => {
    changes.value;
    if (isLive.value) feed.changed();
  });
  useLook(stage, version, feed, run !== undefined);
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t('timeline.title')}</h2>
      <Toolbar stage={stage} />
      <Notes feed={feed} version={version} />
      {version.value >= 0 && feed.error && !feed.isThere && <Failure error={feed.error} />}
      <div class="timeline-stage">
        <div
          class="timeline-scroller"
          ref={scroller}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is worked with by keys
          tabIndex={0}
          role="application"
          aria-label={t('timeline.canvas')}
          aria-describedby="timeline-keys"
        >
          <div class="timeline-space">
            <canvas ref={canvas} />
          </div>
        </div>
        {stage.value && <Tooltip stage={stage.value} feed={feed} version={version} />}
      </div>
      <p id="timeline-keys" class="unseen">
        {t('timeline.keys')}
      </p>
      <Legend stage={stage} version={version} />
      {stage.value && <AttemptTable stage={stage.value} feed={feed} version={version} />}
    </section>
  );
}

function makeFeed(runId: string | null, tell: () => void): Feed {
  return new Feed({
    runId,
    tell,
    get: (path, signal) => get<Answer>(path, signal),
    now: Date.now,
    timers: { set: (callback, ms) => setTimeout(callback, ms), clear: (timer) => clearTimeout(timer as number) },
  });
}

/** What is looked at, as the address has it a little later: not any more when another view has its own address. */
class LookInAddress {
  #resting: ReturnType<typeof setTimeout> | undefined;

  write(look: string): void {
    this.stop();
    this.#resting = setTimeout(() => choose({ look }), REST_MS);
  }

  stop(): void {
    clearTimeout(this.#resting);
  }
}

interface StageParts {
  readonly feed: Feed;
  readonly look: LookInAddress;
  readonly isOfRun: boolean;
}

function makeStage(canvas: HTMLCanvasElement, scroller: HTMLElement, { feed, look, isOfRun }: StageParts): Stage {
  return new Stage(canvas, scroller, {
    feed,
    now: () => (isLive.peek() ? feed.now : heardAt.peek() + feed.skew),
    slots: () => slotsOf(feed, isOfRun),
    isAway: (worker) => {
      const known = overview.peek()?.workers.find(({ id }) => id === worker);
      return overview.peek() !== null && known?.status !== 'online';
    },
    progressOf: (place) => progressOf(feed, place),
    onOpen: (place) => {
      const { runId, id } = feed.attempts.at(place);
      go(addressOf('task', { run: runId, id }));
    },
    onBrush: (span) => choose({ span: spanText(span) }),
    onLook: (view, seen) => look.write(view.mode === 'free' ? spanText(seen) : view.mode === 'fit' ? 'all' : 'now'),
    lengthOf: (ms) => lengthText(ms / 1000),
    timeOf: axisTime,
  });
}

/** Slots by worker: of a run, only of those that had something to do with it. */
function slotsOf(feed: Feed, isOfRun: boolean): Map<string, number> {
  const workers = overview.peek()?.workers ?? [];
  const known = new Map(workers.map(({ id, slots }) => [id, slots]));
  const dense = (feed.density?.density?.workers ?? []).map(({ id }) => id);
  const involved = new Set([...dense, ...feed.attempts.lanes.workers.map(({ worker }) => worker)]);
  for (const id of dense) if (!known.has(id)) known.set(id, 0);
  return isOfRun ? new Map([...known].filter(([id]) => involved.has(id))) : known;
}

function progressOf(feed: Feed, place: number): number | null {
  const { runId, id, attempt } = feed.attempts.at(place);
  const said = progress.peek().get(nameOf({ run_id: runId, id }));
  if (!said || said.attempt !== attempt || said.total <= 0) return null;
  return Math.min(1, said.done / said.total);
}

/** Keeps the picture as the address, the data and the clock have it. */
function useLook(
  stage: { readonly value: Stage | null },
  version: { readonly value: number },
  feed: Feed,
  isOfRun: boolean,
): void {
  const isPlaced = useRef(false);
  useSignalEffect(() => {
    version.value;
    overview.value;
    const made = stage.value;
    if (!made) return;
    made.layout();
    if (isPlaced.current || !feed.isThere) return;
    isPlaced.current = true;
    place(made, feed, isOfRun);
  });
  useSignalEffect(() => {
    const made = stage.value;
    if (!made) return;
    made.brushed.value = toSpan(part('span'));
    made.paintsTypes = part('paint') === 'type';
    made.invalidate();
  });
  useSignalEffect(() => {
    clock.value;
    progress.value;
    stage.value?.invalidate();
  });
}

/** Where it is looked at first: as the address says, else at what runs, else at all. */
function place(stage: Stage, feed: Feed, isOfRun: boolean): void {
  const look = part('look');
  const span = toSpan(look) ?? toSpan(part('span'));
  const isBusy = feed.attempts.isRunning || feed.now - (feed.extent?.last ?? 0) < JUST_NOW_MS;
  const isLong = feed.now - (feed.extent?.first ?? feed.now) > FOLLOWED_MS;
  if (span) stage.show(span);
  else if (look === 'now' || (look === '' && isBusy && isLong && !isOfRun)) stage.followLast(FOLLOWED_MS);
}
