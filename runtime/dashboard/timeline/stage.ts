/** The canvas of the timeline: what is drawn when, and what hands do on it. Everything that it decides stands in `signals`. */
import { type Signal, signal } from '@preact/signals';
import type { TimeSpan } from '../state/span.ts';
import { AXIS_PX, draw } from './draw.ts';
import type { Feed } from './feed.ts';
import { hit, nearest, neighbour } from './hit.ts';
import { COLOUR_OF_STATUS, type Colours, readColours, TypeColours } from './paint.ts';
import { type Band, bandsOf, heightOf, laneAt } from './rows.ts';
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

/** What a finger or the mouse does since it went down. */
interface Press {
  readonly x: number;
  readonly y: number;
  readonly isBrush: boolean;
  hasMoved: boolean;
  /** The time where it began. */
  readonly at: number;
}

/** Idle lanes beyond this are scrolled to. */
const MOST_HEIGHT_PX = 460;
const LEAST_HEIGHT_PX = 110;
const WIDE_GUTTER_PX = 118;
const NARROW_GUTTER_PX = 74;
const NARROW_PX = 560;
/** A press that moves less is a click. */
const CLICK_PX = 4;
const ZOOM_A_KEY = 1.5;
const PAN_A_KEY = 0.12;
/** With prefers-reduced-motion bars grow in steps. */
const CALM_MS = 1_000;

export class Stage {
  readonly #options: StageOptions;
  readonly #canvas: HTMLCanvasElement;
  readonly #scroller: HTMLElement;
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
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #press: Press | null = null;
  readonly #undo: (() => void)[] = [];

  constructor(canvas: HTMLCanvasElement, scroller: HTMLElement, options: StageOptions) {
    [this.#canvas, this.#scroller, this.#options] = [canvas, scroller, options];
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
    const { feed, slots } = this.#options;
    for (const [worker, count] of slots()) feed.attempts.lanes.setSlots(worker, count);
    this.#bands = bandsOf(feed.attempts.lanes.workers);
    this.#gaps = feed.gaps();
    this.#resize();
    this.invalidate();
  }

  /** The colours have changed. */
  repaint(): void {
    this.#colours = readColours(this.#scroller);
    this.#hatch = hatch(this.#ctx, this.#colours.panel!, 2);
    this.#faintHatch = hatch(this.#ctx, this.#colours.line!, 1);
    this.invalidate();
  }

  invalidate(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#drawFrame());
  }

  whole(): void {
    this.#move({ mode: 'fit' });
  }
  follow(isOn: boolean): void {
    const ground = this.#ground();
    this.#move(isOn ? follow(this.#view, ground) : pan(this.#view, ground, 0));
  }
  zoomBy(factor: number): void {
    this.#move(zoom(this.#view, this.#ground(), factor, this.#plotPx / 2));
  }
  show(span: Span): void {
    this.#move(show(this.#ground(), span));
  }
  /** The last so many milliseconds, up to now. */
  followLast(ms: number): void {
    this.view = { mode: 'follow', msPerPx: ms / this.#plotPx };
  }

  get widthPx(): number {
    return this.#widthPx;
  }

  /** What is seen now. */
  get seen(): Span {
    return seen(this.#scale(), this.#plotPx);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    for (const undo of this.#undo) undo();
  }

  // ---- drawing ----

  get #gutterPx(): number {
    return this.#widthPx < NARROW_PX ? NARROW_GUTTER_PX : WIDE_GUTTER_PX;
  }
  get #plotPx(): number {
    return Math.max(50, this.#widthPx - this.#gutterPx);
  }

  #ground(): Ground {
    const { feed, now } = this.#options;
    const first = feed.extent?.first ?? null;
    const time = now();
    // What is idle until now grows with it.
    const last = this.#gaps.at(-1);
    const gaps =
      last && !feed.attempts.isRunning && last.to < time && this.#isTail(last)
        ? [...this.#gaps.slice(0, -1), { from: last.from, to: time }]
        : this.#gaps;
    return { gaps, first, now: time, widthPx: this.#plotPx };
  }

  #isTail({ from }: Span): boolean {
    return from >= (this.#options.feed.extent?.last ?? Number.POSITIVE_INFINITY);
  }

  #scale(): Scale {
    return scaleOf(this.#view, this.#ground());
  }

  #resize(): void {
    const width = this.#scroller.clientWidth;
    const height = Math.min(MOST_HEIGHT_PX, Math.max(LEAST_HEIGHT_PX, heightOf(this.#bands) + AXIS_PX));
    const ratio = devicePixelRatio;
    const [x, y] = [Math.round(width * ratio), Math.round(height * ratio)];
    const spacer = this.#scroller.firstElementChild as HTMLElement;
    spacer.style.height = `${Math.max(height, heightOf(this.#bands) + AXIS_PX)}px`;
    this.#scroller.style.height = `${height}px`;
    if (this.#canvas.width !== x || this.#canvas.height !== y) {
      [this.#canvas.width, this.#canvas.height] = [x, y];
      this.#canvas.style.height = `${height}px`;
    }
    [this.#widthPx, this.#heightPx] = [width, height];
    this.#ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  #drawFrame(): void {
    this.#frame = 0;
    this.#lastFrameAt = performance.now();
    const { feed, now, isAway, progressOf, lengthOf, timeOf } = this.#options;
    const scale = this.#scale();
    draw({
      ...{ ctx: this.#ctx, feed, scale, bands: this.#bands, colours: this.#colours, now: now() },
      ...{ widthPx: this.#widthPx, heightPx: this.#heightPx, gutterPx: this.#gutterPx },
      ...{ scrollPx: this.#scroller.scrollTop, chosen: this.pointed.peek()?.place ?? null },
      ...{ brushed: this.brushed.peek(), hatch: this.#hatch, faintHatch: this.#faintHatch },
      ...{ isAway, progressOf, lengthOf, timeOf },
      colourOf: (place) => this.#colourOf(place),
    });
    feed.look(seen(scale, this.#plotPx));
    if (this.#isSeen && !document.hidden && feed.attempts.isRunning) this.#animate();
  }

  #colourOf(place: number): string {
    const { status, type } = this.#options.feed.attempts.at(place);
    return this.paintsTypes ? this.types.of(type) : COLOUR_OF_STATUS[status];
  }

  /** Bars grow: with each frame, or calmly. */
  #animate(): void {
    if (!this.#isCalm.matches) this.invalidate();
    else setTimeout(() => this.invalidate(), Math.max(0, this.#lastFrameAt + CALM_MS - performance.now()));
  }

  // ---- hands ----

  #listen(): void {
    const canvas = this.#canvas;
    const on = <Name extends keyof HTMLElementEventMap>(
      target: HTMLElement,
      name: Name,
      take: (event: HTMLElementEventMap[Name]) => void,
      options?: AddEventListenerOptions,
    ): void => {
      target.addEventListener(name, take, options);
      this.#undo.push(() => target.removeEventListener(name, take, options));
    };
    on(canvas, 'wheel', (event) => this.#wheel(event), { passive: false });
    on(canvas, 'pointerdown', (event) => this.#down(event));
    on(canvas, 'pointermove', (event) => this.#moved(event));
    on(canvas, 'pointerup', (event) => this.#up(event));
    on(canvas, 'pointercancel', (event) => this.#cancel(event));
    on(canvas, 'pointerleave', () => this.#point(null));
    on(this.#scroller, 'keydown', (event) => this.#key(event));
    on(this.#scroller, 'blur', () => this.#point(null));
    on(this.#scroller, 'scroll', () => this.invalidate());
    const resized = new ResizeObserver(() => this.layout());
    resized.observe(this.#scroller);
    const seen = new IntersectionObserver(([entry]) => {
      this.#isSeen = entry!.isIntersecting;
      this.invalidate();
    });
    seen.observe(canvas);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const repaint = (): void => this.repaint();
    const shown = (): void => this.invalidate();
    dark.addEventListener('change', repaint);
    document.addEventListener('visibilitychange', shown);
    this.#undo.push(
      () => resized.disconnect(),
      () => seen.disconnect(),
      () => dark.removeEventListener('change', repaint),
      () => document.removeEventListener('visibilitychange', shown),
    );
  }

  #move(view: View): void {
    this.view = view;
    this.#options.onLook(view, this.seen);
  }

  #wheel(event: WheelEvent): void {
    const x = event.offsetX - this.#gutterPx;
    // Over the names it scrolls the lanes.
    if (x < 0) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const ground = this.#ground();
    if (isSideways) this.#move(pan(this.#view, ground, (event.deltaX || event.deltaY) * unit));
    else this.#move(zoom(this.#view, ground, Math.exp((-event.deltaY * unit) / (event.ctrlKey ? 100 : 400)), x));
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0 || event.offsetX < this.#gutterPx) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    const { offsetX: x, offsetY: y } = event;
    const isBrush = event.shiftKey || this.isBrushing.peek();
    const at = this.#scale().time(x - this.#gutterPx);
    this.#press = { x, y, isBrush, hasMoved: false, at };
  }

  #moved(event: PointerEvent): void {
    const held = this.#pointers.get(event.pointerId);
    if (!held || !this.#press) {
      this.#point(this.#hit(event.offsetX, event.offsetY));
      return;
    }
    if (this.#pointers.size === 2) this.#pinch(event, held);
    else this.#drag(event, this.#press);
    Object.assign(held, { x: event.offsetX, y: event.offsetY });
  }

  #pinch(event: PointerEvent, held: { x: number; y: number }): void {
    const other = [...this.#pointers.values()].find((pointer) => pointer !== held)!;
    const [before, after] = [Math.abs(held.x - other.x), Math.abs(event.offsetX - other.x)];
    const middle = (event.offsetX + other.x) / 2 - this.#gutterPx;
    this.#press!.hasMoved = true;
    if (before > 8 && after > 8) this.#move(zoom(this.#view, this.#ground(), after / before, middle));
  }

  #drag(event: PointerEvent, press: Press): void {
    press.hasMoved ||= Math.abs(event.offsetX - press.x) >= CLICK_PX;
    if (!press.hasMoved) return;
    this.#point(null);
    if (!press.isBrush) {
      const before = this.#pointers.get(event.pointerId)!;
      this.#move(pan(this.#view, this.#ground(), before.x - event.offsetX));
      return;
    }
    const time = this.#scale().time(event.offsetX - this.#gutterPx);
    this.brushed.value = { from: Math.min(press.at, time), to: Math.max(press.at, time) };
    this.invalidate();
  }

  #up(event: PointerEvent): void {
    const press = this.#press;
    this.#cancel(event);
    if (!press || this.#pointers.size > 0) return;
    if (press.hasMoved) {
      if (press.isBrush && this.brushed.peek()) this.#options.onBrush(this.brushed.peek()!);
      return;
    }
    const pointed = this.#hit(event.offsetX, event.offsetY);
    // A finger has nothing to hover with: its first touch shows what is there, the second opens it.
    const isKnown = event.pointerType === 'mouse' || pointed?.place === this.pointed.peek()?.place;
    if (pointed && isKnown) this.#options.onOpen(pointed.place);
    else this.#point(pointed);
  }

  #cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pointers.size === 0) this.#press = null;
  }

  #hit(offsetX: number, offsetY: number): Pointed | null {
    const lane = laneAt(this.#bands, offsetY - AXIS_PX + this.#scroller.scrollTop);
    if (!lane || offsetX < this.#gutterPx || offsetY < AXIS_PX) return null;
    const { feed, now } = this.#options;
    const x = offsetX - this.#gutterPx;
    const place = hit(feed.attempts, lane.band.lanes[lane.index]!, this.#scale(), x, now());
    return place === null ? null : { place, x: offsetX, y: offsetY };
  }

  #point(pointed: Pointed | null): void {
    const before = this.pointed.peek();
    if (before?.place === pointed?.place && before?.x === pointed?.x) return;
    this.pointed.value = pointed;
    this.#canvas.style.cursor = pointed ? 'pointer' : this.isBrushing.peek() ? 'crosshair' : 'grab';
    this.invalidate();
  }

  // ---- keys ----

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const done = this.#keys[event.key]?.(event);
    if (done === undefined) return;
    event.preventDefault();
  }

  readonly #keys: Readonly<Record<string, (event: KeyboardEvent) => true | undefined>> = {
    ArrowLeft: () => this.#step(-1),
    ArrowRight: () => this.#step(1),
    ArrowUp: () => this.#stepLane(-1),
    ArrowDown: () => this.#stepLane(1),
    '+': () => this.#done(() => this.zoomBy(ZOOM_A_KEY)),
    '=': () => this.#done(() => this.zoomBy(ZOOM_A_KEY)),
    '-': () => this.#done(() => this.zoomBy(1 / ZOOM_A_KEY)),
    Home: () => this.#done(() => this.whole()),
    f: () => this.#done(() => this.follow(this.#view.mode !== 'follow')),
    F: () => this.#done(() => this.follow(this.#view.mode !== 'follow')),
    Enter: () => this.#enter(),
    Escape: () => (this.pointed.peek() ? this.#done(() => this.#point(null)) : undefined),
  };

  #done(work: () => void): true {
    work();
    return true;
  }

  /** Pans; goes from attempt to attempt once one is chosen. */
  #step(step: 1 | -1): true {
    const lane = this.#laneOfPointed();
    if (!lane) return this.#done(() => this.#move(pan(this.#view, this.#ground(), step * PAN_A_KEY * this.#plotPx)));
    const place = neighbour(lane.lane, this.pointed.peek()!.place, step);
    if (place !== null) this.#choose(place);
    return true;
  }

  #stepLane(step: 1 | -1): true | undefined {
    const at = this.#laneOfPointed();
    if (!at) {
      this.#scroller.scrollTop += step * 48;
      return true;
    }
    const lanes = this.#bands.flatMap((band) => band.lanes);
    const { attempts } = this.#options.feed;
    const time = attempts.from(this.pointed.peek()!.place);
    for (let index = lanes.indexOf(at.lane) + step; lanes[index]; index += step) {
      const place = nearest(attempts, lanes[index]!, time);
      if (place !== null) return this.#done(() => this.#choose(place));
    }
    return true;
  }

  /** Chooses the attempt in the middle; opens the chosen one. */
  #enter(): true {
    const pointed = this.pointed.peek();
    if (pointed) return this.#done(() => this.#options.onOpen(pointed.place));
    const { attempts } = this.#options.feed;
    const { from, to } = this.seen;
    const places = this.#bands.flatMap(({ lanes }) => lanes).map((lane) => nearest(attempts, lane, (from + to) / 2));
    const place = places.find((one) => one !== null);
    if (place !== undefined) this.#choose(place!);
    return true;
  }

  #laneOfPointed() {
    const pointed = this.pointed.peek();
    if (!pointed) return null;
    for (const band of this.#bands)
      for (const [index, lane] of band.lanes.entries())
        if (lane.places.includes(pointed.place)) return { band, index, lane };
    return null;
  }

  /** Points at an attempt, and goes there if it is not seen. */
  #choose(place: number): void {
    const { attempts } = this.#options.feed;
    this.pointed.value = { place, x: 0, y: 0 };
    const { from, to } = this.seen;
    const time = attempts.from(place);
    if (time < from || time > to) this.#move(pan(this.#view, this.#ground(), this.#scale().x(time) - this.#plotPx / 2));
    const { band, index } = this.#laneOfPointed()!;
    const y = band.top + index * 16 + AXIS_PX - this.#scroller.scrollTop;
    if (y < AXIS_PX || y > this.#heightPx - 16) this.#scroller.scrollTop += y - this.#heightPx / 2;
    const x = Math.min(this.#widthPx - 40, Math.max(this.#gutterPx, this.#gutterPx + this.#scale().x(time)));
    this.#point({ place, x, y: band.top + index * 16 + AXIS_PX - this.#scroller.scrollTop });
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
