/** Bars of a lane: each with its marks where there is room, and a density where there is less than a pixel. */
import type { Attempts } from './attempts.ts';
import type { Lane } from './lane.ts';
import { type Colours, isFailure } from './paint.ts';
import { BAR_PX } from './rows.ts';
import type { Scale } from './scale.ts';

/** Narrower bars are not drawn one by one. */
export const LEAST_BAR_PX = 2;
/** Narrower ones have no marks. */
const LEAST_MARKED_PX = 7;
const LEAST_NAMED_PX = 64;
const LETTER_PX = 6.2;

export interface BarScene {
  readonly ctx: CanvasRenderingContext2D;
  readonly attempts: Attempts;
  readonly scale: Scale;
  readonly colours: Colours;
  readonly now: number;
  /** Where the plot ends. */
  readonly widthPx: number;
  /** What time is at its begin and its end. */
  readonly begin: number;
  readonly end: number;
  readonly hatch: CanvasPattern | null;
  colourOf(place: number): string;
  /** How far a running attempt is, from 0 to 1; null where it does not say. */
  progressOf(place: number): number | null;
}

/** The bars of a lane, from a height downward. Nothing is allocated for a bar. */
export function drawLane(scene: BarScene, lane: Lane, top: number): void {
  const { ctx, attempts, scale, now, end } = scene;
  const column = new Column(scene, top);
  let last = 0;
  for (let index = lane.endingAfter(scene.begin); index < lane.places.length; index += 1) {
    const place = lane.places[index]!;
    const from = attempts.from(place);
    if (from > end) break;
    const till = attempts.till(place);
    // Ends are heard a little late: what seems to overlap is one after the other.
    const left = Math.max(last, scale.x(from));
    const right = Math.max(left, scale.x(till < now ? till : now));
    last = right;
    if (right - left < LEAST_BAR_PX) column.add(place, left, right);
    else {
      column.flush();
      drawBar(scene, place, left, right, top);
    }
  }
  column.flush();
  ctx.globalAlpha = 1;
}

/** Bars that share a pixel: how much of it they fill shows as how strong it is; one that failed shows in any case. */
class Column {
  readonly #scene: BarScene;
  readonly #top: number;
  #x = Number.NaN;
  #busy = 0;
  #colour = '';
  #hasFailed = false;

  constructor(scene: BarScene, top: number) {
    this.#scene = scene;
    this.#top = top;
  }

  add(place: number, left: number, right: number): void {
    const x = Math.floor(left);
    if (x !== this.#x) this.flush();
    this.#x = x;
    this.#busy += right - left;
    this.#colour = this.#scene.colourOf(place);
    this.#hasFailed ||= isFailure(this.#scene.attempts.at(place).status);
  }

  flush(): void {
    if (Number.isNaN(this.#x)) return;
    const { ctx, colours } = this.#scene;
    ctx.globalAlpha = 0.35 + 0.65 * Math.min(1, this.#busy);
    ctx.fillStyle = colours[this.#colour]!;
    ctx.fillRect(this.#x, this.#top, 1, BAR_PX);
    ctx.globalAlpha = 1;
    if (this.#hasFailed) {
      ctx.fillStyle = colours.failed!;
      ctx.fillRect(this.#x - 0.5, this.#top + BAR_PX / 2, 2, BAR_PX / 2 + 2);
    }
    this.#x = Number.NaN;
    this.#busy = 0;
    this.#hasFailed = false;
  }
}

function drawBar(scene: BarScene, place: number, left: number, right: number, top: number): void {
  const { ctx, attempts, colours } = scene;
  const attempt = attempts.at(place);
  const [x, stop] = [Math.max(-4, left), Math.min(scene.widthPx + 4, right)];
  const isRunning = attempt.ended === Number.POSITIVE_INFINITY;
  // Bars that touch are told apart by a line of nothing.
  const width = stop - x - (isRunning || stop - x < 4 ? 0 : 1);
  ctx.fillStyle = colours[scene.colourOf(place)]!;
  const progress = isRunning ? scene.progressOf(place) : null;
  const done = progress === null ? x : Math.max(x, left + (right - left) * progress);
  if (isRunning) {
    ctx.globalAlpha = 0.4;
    ctx.fillRect(x, top, width, BAR_PX);
    ctx.globalAlpha = 1;
    if (progress === null) ctx.fillRect(x, top + BAR_PX - 2, width, 2);
    else ctx.fillRect(x, top, done - x, BAR_PX);
    ctx.fillRect(stop - 2, top - 1, 2, BAR_PX + 2);
  } else ctx.fillRect(x, top, width, BAR_PX);
  if (attempt.isCopy && scene.hatch) {
    ctx.fillStyle = scene.hatch;
    ctx.fillRect(x, top, width, BAR_PX);
  }
  if (right - left >= LEAST_MARKED_PX) drawMarks(scene, place, { left, right, top, x, stop });
  if (width >= LEAST_NAMED_PX)
    drawName(scene, attempt.id, { x: x + 8, top, widthPx: width - 22, lightTo: isRunning ? done : stop });
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  /** The part of it that is seen. */
  readonly x: number;
  readonly stop: number;
}

function drawMarks(scene: BarScene, place: number, { left, right, top, x, stop }: Place): void {
  const { ctx, attempts, colours, scale } = scene;
  const attempt = attempts.at(place);
  if (attempt.isResumed && left >= x) {
    // A notch: something was before.
    ctx.fillStyle = colours.panel!;
    ctx.beginPath();
    ctx.moveTo(left, top);
    ctx.lineTo(left + 5, top + BAR_PX / 2);
    ctx.lineTo(left, top + BAR_PX);
    ctx.fill();
  }
  if (attempt.attempt > 1 && !attempt.isCopy && left >= x) {
    ctx.fillStyle = colours.text!;
    ctx.fillRect(left, top - 2, 2, BAR_PX + 3);
    ctx.fillRect(left, top - 2, 5, 2);
  }
  for (const at of attempt.checkpoints) {
    const dot = scale.x(at);
    if (dot < x + 2 || dot > stop - 2) continue;
    ctx.fillStyle = colours.panel!;
    ctx.beginPath();
    ctx.arc(dot, top + BAR_PX / 2, 2.5, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = colours.text!;
    ctx.beginPath();
    ctx.arc(dot, top + BAR_PX / 2, 1.5, 0, 2 * Math.PI);
    ctx.fill();
  }
  if (right === stop) drawEnd(ctx, colours.panel!, attempt.status, stop - 7, top + BAR_PX / 2);
}

/** A shape for what did not go well, so that colour is not all that tells. */
function drawEnd(ctx: CanvasRenderingContext2D, colour: string, status: string, x: number, y: number): void {
  if (status === 'succeeded' || status === 'running') return;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  if (status === 'lost') {
    ctx.moveTo(x + 2, y - 4);
    ctx.lineTo(x - 1, y + 1);
    ctx.lineTo(x + 3, y);
    ctx.lineTo(x, y + 4);
  } else if (status === 'failed' || status === 'timed_out') {
    ctx.moveTo(x - 2, y - 3);
    ctx.lineTo(x + 4, y + 3);
    ctx.moveTo(x + 4, y - 3);
    ctx.lineTo(x - 2, y + 3);
  } else {
    ctx.moveTo(x - 1, y + 3);
    ctx.lineTo(x + 3, y - 3);
  }
  ctx.stroke();
}

interface NamePlace {
  readonly x: number;
  readonly top: number;
  readonly widthPx: number;
  /** Up to here the bar is full: on it the name is light, beyond it dark. */
  readonly lightTo: number;
}

function drawName(scene: BarScene, id: string, { x, top, widthPx, lightTo }: NamePlace): void {
  const { ctx, colours } = scene;
  const letters = Math.floor(widthPx / LETTER_PX);
  if (letters < 4) return;
  const name = id.length <= letters ? id : `${id.slice(0, letters - 1)}…`;
  const part = (from: number, to: number, colour: string): void => {
    if (to <= from) return;
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, top, to - from, BAR_PX);
    ctx.clip();
    ctx.fillStyle = colour;
    ctx.fillText(name, x, top + BAR_PX / 2 + 0.5);
    ctx.restore();
  };
  part(x, Math.min(lightTo, x + widthPx), colours.panel!);
  part(Math.max(x, lightTo), x + widthPx, colours.text!);
}
