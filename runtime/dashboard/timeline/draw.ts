/** The whole picture: axis, lanes with their bars, folds, now, and what is brushed. */
import type { TimelineDensity } from '../../wire/timeline.ts';
import type { Attempts } from './attempts.ts';
import { type BarScene, drawLane } from './draw-bars.ts';
import type { Feed } from './feed.ts';
import type { Colours } from './paint.ts';
import { BAR_PX, type Band, LANE_PX } from './rows.ts';
import type { Scale } from './scale.ts';
import type { Span } from './stretches.ts';
import { stepFor, ticksOf } from './ticks.ts';

export const AXIS_PX = 24;
/** Between two labels of the axis. */
const LABEL_PX = 84;

export interface Scene {
  readonly ctx: CanvasRenderingContext2D;
  readonly feed: Pick<Feed, 'attempts' | 'density' | 'detail' | 'known' | 'missingBefore'>;
  readonly scale: Scale;
  readonly bands: readonly Band[];
  readonly colours: Colours;
  readonly now: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Names of workers stand left of this. */
  readonly gutterPx: number;
  readonly scrollPx: number;
  /** The place of the attempt that is pointed at. */
  readonly chosen: number | null;
  readonly brushed: Span | null;
  readonly hatch: CanvasPattern | null;
  readonly faintHatch: CanvasPattern | null;
  isAway(worker: string): boolean;
  colourOf(place: number): string;
  progressOf(place: number): number | null;
  /** A length of time, and a time on the axis, in words. */
  readonly lengthOf: (ms: number) => string;
  readonly timeOf: (time: number, stepMs: number) => string;
}

export function draw(scene: Scene): void {
  const { ctx, widthPx, heightPx, gutterPx, colours } = scene;
  const plotPx = widthPx - gutterPx;
  ctx.clearRect(0, 0, widthPx, heightPx);
  ctx.font = '11px system-ui, sans-serif';
  ctx.textBaseline = 'middle';
  ctx.save();
  clip(ctx, 0, AXIS_PX, widthPx, heightPx - AXIS_PX);
  ctx.translate(0, AXIS_PX - scene.scrollPx);
  for (const band of shown(scene)) drawName(scene, band);
  clip(ctx, gutterPx, scene.scrollPx, plotPx, heightPx);
  ctx.translate(gutterPx, 0);
  for (const band of shown(scene)) drawGround(scene, band, plotPx);
  drawDensities(scene, plotPx);
  drawBars(scene, plotPx);
  ctx.restore();
  ctx.save();
  clip(ctx, gutterPx, 0, plotPx, heightPx);
  ctx.translate(gutterPx, 0);
  drawMissing(scene);
  drawFolds(scene, plotPx);
  drawBrush(scene);
  drawAxis(scene, plotPx);
  ctx.fillStyle = colours.accent!;
  ctx.fillRect(Math.round(scene.scale.x(scene.now)), AXIS_PX - 6, 1, heightPx);
  ctx.restore();
}

function clip(ctx: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
}

/** The bands of which something is seen. */
function shown({ bands, scrollPx, heightPx }: Scene): Band[] {
  return bands.filter(({ top, height }) => top + height >= scrollPx && top <= scrollPx + heightPx);
}

function drawName(scene: Scene, { worker, top, height }: Band): void {
  const { ctx, colours, gutterPx } = scene;
  const isAway = scene.isAway(worker);
  ctx.fillStyle = isAway ? colours.failed! : colours.text!;
  const letters = Math.floor((gutterPx - 22) / 6.2);
  const name = worker.length <= letters ? worker : `${worker.slice(0, letters - 1)}…`;
  // A name that is longer than its lanes are high stays beside the first of them.
  const y = Math.min(top + height / 2, Math.max(top + LANE_PX / 2, scene.scrollPx + LANE_PX));
  ctx.fillText(`${isAway ? '◌' : '●'} ${name}`, 6, y);
}

function drawGround(scene: Scene, { worker, lanes, top, height }: Band, plotPx: number): void {
  const { ctx, colours } = scene;
  ctx.fillStyle = colours.ground!;
  if (lanes.length === 0) ctx.fillRect(0, top + height / 2 - BAR_PX / 2, plotPx, BAR_PX);
  for (let index = 0; index < lanes.length; index += 1) ctx.fillRect(0, top + index * LANE_PX + 2, plotPx, BAR_PX);
  if (!scene.isAway(worker) || !scene.faintHatch) return;
  ctx.fillStyle = scene.faintHatch;
  ctx.fillRect(0, top, plotPx, height);
}

function drawBars(scene: Scene, plotPx: number): void {
  const { ctx, scale, heightPx, scrollPx } = scene;
  const { attempts, known } = scene.feed;
  if (!known) return;
  ctx.save();
  const left = Number.isFinite(known.from) ? scale.x(known.from) : 0;
  const right = known.isLive ? plotPx : scale.x(known.to);
  clip(ctx, left, scrollPx, right - left, heightPx);
  const bars: BarScene = barScene(scene, attempts, plotPx);
  for (const { lanes, top } of shown(scene))
    for (const [index, lane] of lanes.entries()) drawLane(bars, lane, top + index * LANE_PX + 2);
  ctx.restore();
  drawChosen(scene);
}

function barScene(scene: Scene, attempts: Attempts, widthPx: number): BarScene {
  const { ctx, scale, colours, now, hatch } = scene;
  return {
    ...{ ctx, attempts, scale, colours, now, widthPx, hatch },
    begin: scale.time(0),
    end: scale.time(widthPx),
    colourOf: (place) => scene.colourOf(place),
    progressOf: (place) => scene.progressOf(place),
  };
}

function drawChosen(scene: Scene): void {
  const { ctx, scale, chosen, colours, now, bands } = scene;
  if (chosen === null || chosen >= scene.feed.attempts.count) return;
  const { attempts } = scene.feed;
  const band = bands.find(({ worker }) => worker === attempts.at(chosen).worker);
  const index = band?.lanes.findIndex((lane) => lane.places.includes(chosen)) ?? -1;
  if (!band || index < 0) return;
  const [left, right] = [scale.x(attempts.from(chosen)), scale.x(Math.min(now, attempts.till(chosen)))];
  ctx.strokeStyle = colours.text!;
  ctx.lineWidth = 2;
  ctx.strokeRect(left - 1, band.top + index * LANE_PX + 1, Math.max(3, right - left + 1), BAR_PX + 2);
}

/** Where attempts are not told one by one: how many slots were busy, and where something failed. */
function drawDensities(scene: Scene, plotPx: number): void {
  const { density, detail, known } = scene.feed;
  if (!density) return;
  const { ctx, scale } = scene;
  const part = (from: number, to: number, answer: NonNullable<typeof density>): void => {
    if (to <= from) return;
    ctx.save();
    clip(ctx, from, scene.scrollPx, to - from, scene.heightPx);
    for (const band of shown(scene)) drawDensity(scene, band, answer.density!, answer.from);
    ctx.restore();
  };
  const inner = known ?? detail;
  if (!inner) {
    part(0, plotPx, density);
    return;
  }
  const left = scale.x(inner.from);
  const right = known?.isLive ? plotPx : scale.x(inner.to);
  part(0, Math.min(plotPx, left), density);
  part(Math.max(0, right), plotPx, density);
  if (!known && detail) part(Math.max(0, left), Math.min(plotPx, right), detail);
}

function drawDensity(scene: Scene, band: Band, { bucket_ms: bucketMs, workers }: TimelineDensity, begin: number): void {
  const { ctx, scale, colours } = scene;
  const worker = workers.find(({ id }) => id === band.worker);
  if (!worker) return;
  const first = Math.max(0, Math.floor((scale.time(0) - begin) / bucketMs));
  const last = Math.min(worker.busy.length - 1, Math.ceil((scale.time(scene.widthPx) - begin) / bucketMs));
  const slots = Math.max(1, band.slots || band.lanes.length);
  for (let bucket = first; bucket <= last; bucket += 1) {
    const from = begin + bucket * bucketMs;
    const [left, right] = [scale.x(from), scale.x(from + bucketMs)];
    const width = Math.max(1, right - left);
    const height = Math.min(1, worker.busy[bucket]! / bucketMs / slots) * band.height;
    ctx.fillStyle = colours.succeeded!;
    if (worker.ended[bucket]! > 0 || height > 0)
      ctx.fillRect(left, band.top + band.height - Math.max(1, height), width, Math.max(1, height));
    if (worker.failed[bucket] === 0) continue;
    ctx.fillStyle = colours.failed!;
    ctx.fillRect(left - 0.5, band.top + band.height - 5, Math.max(2, width), 6);
  }
}

function drawMissing({ ctx, scale, feed, faintHatch, heightPx }: Scene): void {
  if (feed.missingBefore === null || !faintHatch) return;
  ctx.fillStyle = faintHatch;
  ctx.fillRect(0, AXIS_PX, scale.x(feed.missingBefore), heightPx);
}

/** Idle time, as narrow as it is here, with its true length on it. */
function drawFolds(scene: Scene, plotPx: number): void {
  const { ctx, scale, colours, faintHatch, heightPx } = scene;
  for (const gap of scale.gaps) {
    const [left, right] = [scale.x(gap.from), scale.x(gap.to)];
    if (!scale.isFolded(gap) || right < 0 || left > plotPx) continue;
    ctx.fillStyle = colours.panel!;
    ctx.fillRect(left, AXIS_PX, right - left, heightPx);
    if (faintHatch) ctx.fillStyle = faintHatch;
    ctx.fillRect(left, AXIS_PX, right - left, heightPx);
    ctx.fillStyle = colours.faint!;
    ctx.textAlign = 'center';
    ctx.fillText(scene.lengthOf(gap.to - gap.from), (left + right) / 2, AXIS_PX / 2);
    ctx.textAlign = 'left';
  }
}

function drawBrush({ ctx, scale, brushed, colours, heightPx }: Scene): void {
  if (!brushed) return;
  const [left, right] = [scale.x(brushed.from), scale.x(brushed.to)];
  ctx.fillStyle = colours.accent!;
  ctx.globalAlpha = 0.16;
  ctx.fillRect(left, AXIS_PX, right - left, heightPx);
  ctx.globalAlpha = 1;
  ctx.fillRect(left - 1, AXIS_PX, 2, heightPx);
  ctx.fillRect(right - 1, AXIS_PX, 2, heightPx);
}

function drawAxis(scene: Scene, plotPx: number): void {
  const { ctx, scale, colours, now } = scene;
  const stepMs = stepFor(scale.msPerPx * LABEL_PX);
  const zoneMs = -60_000 * new Date(now).getTimezoneOffset();
  ctx.fillStyle = colours.line!;
  ctx.fillRect(0, AXIS_PX - 1, plotPx, 1);
  let free = -LABEL_PX;
  for (const { from, to } of unfolded(scale, scale.time(0), scale.time(plotPx)))
    for (const tick of ticksOf(from, to, stepMs, zoneMs)) {
      const x = Math.round(scale.x(tick));
      ctx.fillStyle = colours.line!;
      ctx.fillRect(x, AXIS_PX - 5, 1, 5);
      if (x < free) continue;
      ctx.fillStyle = colours.faint!;
      const label = scene.timeOf(tick, stepMs);
      if (isClear(scale, x + 3, label.length * 6.2)) {
        ctx.fillText(label, x + 3, AXIS_PX / 2 - 2);
        free = x + label.length * 6.2 + 8;
      }
    }
}

/** Whether a label does not run into that of a fold. */
function isClear(scale: Scale, x: number, widthPx: number): boolean {
  return !scale.gaps.some((gap) => scale.isFolded(gap) && scale.x(gap.from) < x + widthPx && scale.x(gap.to) > x);
}

/** The parts of a span between its folds. */
function unfolded(scale: Scale, begin: number, end: number): Span[] {
  const parts: Span[] = [];
  let from = begin;
  for (const gap of scale.gaps) {
    if (gap.to <= begin || !scale.isFolded(gap)) continue;
    if (gap.from >= end) break;
    if (gap.from > from) parts.push({ from, to: gap.from });
    from = gap.to;
  }
  if (from < end) parts.push({ from, to: end });
  return parts;
}
