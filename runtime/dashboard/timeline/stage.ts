/** The canvas of the timeline: what is drawn, and when. What others show of it stands in signals. */
import { type Signal, signal } from '@preact/signals';
import type { TimeSpan } from '../state/span.ts';
import { AXIS_PX, draw } from './draw.ts';
import type { Feed } from './feed.ts';
import { Hands } from './hands.ts';
import { hit } from './hit.ts';
import { Keys } from './keys.ts';
import type { Lane } from './lane.ts';
import { COLOUR_OF_STATUS, type Colours, readColours, TypeColours } from './paint.ts';
import { type Band, bandsOf, heightOf, LANE_PX, laneAt } from './rows.ts';
import type { Scale } from './scale.ts';
import type { Span } from './stretches.ts';
import { follow, type Ground, pan, scaleOf, seen, show, type View, zoom } from './view.ts';

export interface StageOptions {
  readonly feed: Feed;
  /** Milliseconds since 1970, as the server has it; stands still while it is not heard. */
  readonly now: () => number;
  /** How many slots each worker has. */
  readonly slots: () => ReadonlyMap<string, number>;
  readonly isAway: (worker: string) => boolean;
  readonly progressOf: (place: number) => number | null;
  readonly onOpen: (place: number) => void;
  readonly onBrush: (span: TimeSpan) => void;
  /** Somebody has moved to where it is now. */
  readonly onLook: (view: View, seen: Span) => void;
  readonly lengthOf: (ms: number) => string;
  readonly timeOf: (time: number, stepMs: number) => string;
}

/** Where an attempt is pointed at. */
export interface Pointed {
  readonly place: number;
  readonly x: number;
  readonly y: number;
}

/** Idle lanes beyond this are scrolled to. */
const MOST_HEIGHT_PX = 460;
const LEAST_HEIGHT_PX = 110;
const WIDE_GUTTER_PX = 118;
const NARROW_GUTTER_PX = 74;
const NARROW_PX = 560;
/** With prefers-reduced-motion bars grow in steps. */
const CALM_MS = 1_000;

export class Stage {
  readonly options: StageOptions;
  readonly canvas: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly #ctx: CanvasRenderingContext2D;
  readonly pointed: Signal<Pointed | null> = signal(null);
  readonly mode: Signal<View['mode']> = signal('fit');
  readonly isBrushing = signal(false);
  readonly brushed: Signal<TimeSpan | null> = signal(null);
  readonly types = new TypeColours();
  paintsTypes = false;
  #view: View = { mode: 'fit' };
  #colours: Colours;
  #hatch: CanvasPattern | null = null;
  #faintHatch: CanvasPattern | null = null;
  #bands: Band[] = [];
  #gaps: Span[] = [];
  #widthPx = 0;
  #heightPx = 0;
  #frame = 0;
  #lastFrameAt = 0;
  #isSeen = true;
  readonly #isCalm = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #end = new AbortController();

  constructor(canvas: HTMLCanvasElement, scroller: HTMLElement, options: StageOptions) {
    [this.canvas, this.scroller, this.options] = [canvas, scroller, options];
    this.#ctx = canvas.getContext('2d')!;
    this.#colours = readColours(scroller);
    this.#listen();
    this.repaint();
  }

  // ---- what is asked of it ----

  get view(): View {
    return this.#view;
  }
  set view(view: View) {
    this.#view = view;
    this.mode.value = view.mode;
    this.invalidate();
  }

  /** Data, size, or what is known of workers has changed. */
  layout(): void {
    const { feed, slots } = this.options;
    for (const [worker, count] of slots()) feed.attempts.lanes.setSlots(worker, count);
    this.#bands = bandsOf(feed.attempts.lanes.workers);
    this.#gaps = feed.gaps();
    this.#resize();
    this.invalidate();
  }

  /** The colours have changed. */
  repaint(): void {
    this.#colours = readColours(this.scroller);
    this.#hatch = hatch(this.#ctx, this.#colours.panel!, 2);
    this.#faintHatch = hatch(this.#ctx, this.#colours.line!, 1);
    this.invalidate();
  }

  invalidate(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#drawFrame());
  }

  whole(): void {
    this.move({ mode: 'fit' });
  }
  follow(isOn: boolean): void {
    const ground = this.ground();
    this.move(isOn ? follow(this.#view, ground) : pan(this.#view, ground, 0));
  }
  zoomBy(factor: number): void {
    this.move(zoom(this.#view, this.ground(), factor, this.plotPx / 2));
  }
  show(span: Span): void {
    this.move(show(this.ground(), span));
  }
  /** The last so many milliseconds, up to now. */
  followLast(ms: number): void {
    this.view = { mode: 'follow', msPerPx: ms / this.plotPx };
  }

  get widthPx(): number {
    return this.#widthPx;
  }

  /** What is seen now. */
  get seen(): Span {
    return seen(this.scale(), this.plotPx);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#end.abort();
  }

  // ---- drawing ----

  get gutterPx(): number {
    return this.#widthPx < NARROW_PX ? NARROW_GUTTER_PX : WIDE_GUTTER_PX;
  }
  get plotPx(): number {
    return Math.max(50, this.#widthPx - this.gutterPx);
  }

  ground(): Ground {
    const { feed, now } = this.options;
    const first = feed.extent?.first ?? null;
    const time = now();
    // What is idle until now grows with it.
    const last = this.#gaps.at(-1);
    const gaps =
      last && !feed.attempts.isRunning && last.to < time && this.#isTail(last)
        ? [...this.#gaps.slice(0, -1), { from: last.from, to: time }]
        : this.#gaps;
    return { gaps, first, now: time, widthPx: this.plotPx };
  }

  #isTail({ from }: Span): boolean {
    return from >= (this.options.feed.extent?.last ?? Number.POSITIVE_INFINITY);
  }

  scale(): Scale {
    return scaleOf(this.#view, this.ground());
  }

  #resize(): void {
    const width = this.scroller.clientWidth;
    const height = Math.min(MOST_HEIGHT_PX, Math.max(LEAST_HEIGHT_PX, heightOf(this.#bands) + AXIS_PX));
    const ratio = devicePixelRatio;
    const [x, y] = [Math.round(width * ratio), Math.round(height * ratio)];
    const spacer = this.scroller.firstElementChild as HTMLElement;
    spacer.style.height = `${Math.max(height, heightOf(this.#bands) + AXIS_PX)}px`;
    this.scroller.style.height = `${height}px`;
    if (this.canvas.width !== x || this.canvas.height !== y) {
      [this.canvas.width, this.canvas.height] = [x, y];
      this.canvas.style.height = `${height}px`;
    }
    [this.#widthPx, this.#heightPx] = [width, height];
    this.#ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  #drawFrame(): void {
    this.#frame = 0;
    this.#lastFrameAt = performance.now();
    const { feed, now, isAway, progressOf, lengthOf, timeOf } = this.options;
    const scale = this.scale();
    draw({
      ...{ ctx: this.#ctx, feed, scale, bands: this.#bands, colours: this.#colours, now: now() },
      ...{ widthPx: this.#widthPx, heightPx: this.#heightPx, gutterPx: this.gutterPx },
      ...{ scrollPx: this.scroller.scrollTop, chosen: this.pointed.peek()?.place ?? null },
      ...{ brushed: this.brushed.peek(), hatch: this.#hatch, faintHatch: this.#faintHatch },
      ...{ isAway, progressOf, lengthOf, timeOf },
      colourOf: (place) => this.#colourOf(place),
    });
    feed.look(seen(scale, this.plotPx));
    if (this.#isSeen && !document.hidden && feed.attempts.isRunning) this.#animate();
  }

  #colourOf(place: number): string {
    const { status, type } = this.options.feed.attempts.at(place);
    return this.paintsTypes ? this.types.of(type) : COLOUR_OF_STATUS[status];
  }

  /** Bars grow: with each frame, or calmly. */
  #animate(): void {
    if (!this.#isCalm.matches) this.invalidate();
    else setTimeout(() => this.invalidate(), Math.max(0, this.#lastFrameAt + CALM_MS - performance.now()));
  }

  #listen(): void {
    const { signal } = this.#end;
    new Hands(this, signal);
    new Keys(this, signal);
    this.scroller.addEventListener('scroll', () => this.invalidate(), { signal });
    document.addEventListener('visibilitychange', () => this.invalidate(), { signal });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.repaint(), { signal });
    const resized = new ResizeObserver(() => this.layout());
    resized.observe(this.scroller);
    const seen = new IntersectionObserver(([entry]) => {
      this.#isSeen = entry!.isIntersecting;
      this.invalidate();
    });
    seen.observe(this.canvas);
    signal.addEventListener('abort', () => {
      resized.disconnect();
      seen.disconnect();
    });
  }

  // ---- for hands and keys ----

  /** Somebody looks elsewhere. */
  move(view: View): void {
    this.view = view;
    this.options.onLook(view, this.seen);
  }

  /** The attempt at a point of the canvas. */
  hitAt(offsetX: number, offsetY: number): Pointed | null {
    const lane = laneAt(this.#bands, offsetY - AXIS_PX + this.scroller.scrollTop);
    if (!lane || offsetX < this.gutterPx || offsetY < AXIS_PX) return null;
    const { feed, now } = this.options;
    const x = offsetX - this.gutterPx;
    const place = hit(feed.attempts, lane.band.lanes[lane.index]!, this.scale(), x, now());
    return place === null ? null : { place, x: offsetX, y: offsetY };
  }

  point(pointed: Pointed | null): void {
    const before = this.pointed.peek();
    if (before?.place === pointed?.place && before?.x === pointed?.x) return;
    this.pointed.value = pointed;
    this.canvas.style.cursor = pointed ? 'pointer' : this.isBrushing.peek() ? 'crosshair' : 'grab';
    this.invalidate();
  }

  get lanes(): Lane[] {
    return this.#bands.flatMap((band) => band.lanes);
  }

  laneOfPointed() {
    const pointed = this.pointed.peek();
    if (!pointed) return null;
    for (const band of this.#bands)
      for (const [index, lane] of band.lanes.entries())
        if (lane.places.includes(pointed.place)) return { band, index, lane };
    return null;
  }

  /** Points at an attempt, and goes there if it is not seen. */
  choose(place: number): void {
    const { attempts } = this.options.feed;
    this.pointed.value = { place, x: 0, y: 0 };
    const { from, to } = this.seen;
    const time = attempts.from(place);
    if (time < from || time > to) this.move(pan(this.#view, this.ground(), this.scale().x(time) - this.plotPx / 2));
    const { band, index } = this.laneOfPointed()!;
    const y = band.top + index * LANE_PX + AXIS_PX - this.scroller.scrollTop;
    if (y < AXIS_PX || y > this.#heightPx - LANE_PX) this.scroller.scrollTop += y - this.#heightPx / 2;
    const x = Math.min(this.#widthPx - 40, Math.max(this.gutterPx, this.gutterPx + this.scale().x(time)));
    this.point({ place, x, y: band.top + index * LANE_PX + AXIS_PX - this.scroller.scrollTop });
  }
}

/** Slanted lines. */
function hatch(ctx: CanvasRenderingContext2D, colour: string, lineWidth: number): CanvasPattern | null {
  const tile = document.createElement('canvas');
  [tile.width, tile.height] = [6, 6];
  const pen = tile.getContext('2d')!;
  pen.strokeStyle = colour;
  pen.lineWidth = lineWidth;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift - 1, 7);
    pen.lineTo(shift + 7, -1);
  }
  pen.stroke();
  return ctx.createPattern(tile, 'repeat');
}
