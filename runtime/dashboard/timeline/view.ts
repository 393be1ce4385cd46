/** What part of the time is looked at, and how that moves. */
import { LEAST_MS_PER_PX, MOST_MS_PER_PX, msPerPxToFit, Scale } from './scale.ts';
import type { Span } from './stretches.ts';

/**
 * `fit`: all of it, however it grows; `follow`: the last part, now at its end; `free`: where somebody went.
 */
export type View =
  | { readonly mode: 'fit' }
  | { readonly mode: 'follow'; readonly msPerPx: number }
  | { readonly mode: 'free'; readonly msPerPx: number; readonly left: number };

/** What it is looked at in. */
export interface Ground {
  readonly gaps: readonly Span[];
  /** Null before anything ran. */
  readonly first: number | null;
  readonly now: number;
  readonly widthPx: number;
}

/** Room at both ends. */
const PAD_PX = 12;
/** Nothing is wider than this from end to end where nothing ran yet. */
const EMPTY_MS = 60_000;

export function scaleOf(view: View, { gaps, first, now, widthPx }: Ground): Scale {
  if (view.mode === 'free') return new Scale(gaps, view.msPerPx, view.left);
  const span = { from: first ?? now - EMPTY_MS, to: now };
  const msPerPx = view.mode === 'fit' ? msPerPxToFit(gaps, span, Math.max(50, widthPx - 2 * PAD_PX)) : view.msPerPx;
  return anchored(gaps, msPerPx, now, widthPx - PAD_PX);
}

/** The scale on which a time is at a pixel. */
function anchored(gaps: readonly Span[], msPerPx: number, time: number, x: number): Scale {
  return new Scale(gaps, msPerPx, new Scale(gaps, msPerPx, time).time(-x));
}

/** @param factor above 1 shows more in less time; what is at the pixel `x` stays there, or now, where that is followed */
export function zoom(view: View, ground: Ground, factor: number, x: number): View {
  const scale = scaleOf(view, ground);
  const msPerPx = Math.min(MOST_MS_PER_PX, Math.max(LEAST_MS_PER_PX, scale.msPerPx / factor));
  if (view.mode === 'follow') return { mode: 'follow', msPerPx };
  return { mode: 'free', msPerPx, left: anchored(ground.gaps, msPerPx, scale.time(x), x).time(0) };
}

/** @param px to the right is later */
export function pan(view: View, ground: Ground, px: number): View {
  const scale = scaleOf(view, ground);
  return { mode: 'free', msPerPx: scale.msPerPx, left: scale.time(px) };
}

/** Follows now with what is seen, but not more than some minutes of it: of hours nothing would be seen to move. */
export function follow(view: View, ground: Ground): View {
  const mostMsPerPx = 300_000 / ground.widthPx;
  return { mode: 'follow', msPerPx: Math.min(mostMsPerPx, scaleOf(view, ground).msPerPx) };
}

/** Shows a span as wide as the page. */
export function show(ground: Ground, { from, to }: Span): View {
  const width = Math.max(50, ground.widthPx - 2 * PAD_PX);
  const msPerPx = msPerPxToFit(ground.gaps, { from, to: Math.max(to, from + 1) }, width);
  return { mode: 'free', msPerPx, left: new Scale(ground.gaps, msPerPx, from).time(-PAD_PX) };
}

/** What is seen. */
export function seen(scale: Scale, widthPx: number): Span {
  return { from: scale.time(0), to: scale.time(widthPx) };
}
