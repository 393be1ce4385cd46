/** Where lanes stand, one below the other, those of a worker together. */
import type { Lane } from './lane.ts';
import type { WorkerLanes } from './lanes.ts';

export const LANE_PX = 16;
export const BAR_PX = 12;
/** Between workers. */
const GROUP_GAP_PX = 8;
/** A worker's name needs so much. */
const GROUP_LEAST_PX = 18;

/** A worker's band of lanes; the first begins at `top`. */
export interface Band {
  readonly worker: string;
  readonly slots: number;
  readonly lanes: readonly Lane[];
  readonly top: number;
  readonly height: number;
}

export function bandsOf(workers: readonly WorkerLanes[]): Band[] {
  let top = GROUP_GAP_PX / 2;
  return workers.map(({ worker, slots, lanes }) => {
    const height = Math.max(GROUP_LEAST_PX, lanes.length * LANE_PX);
    const band = { worker, slots, lanes: [...lanes], top, height };
    top += height + GROUP_GAP_PX;
    return band;
  });
}

export function heightOf(bands: readonly Band[]): number {
  const last = bands.at(-1);
  return last ? last.top + last.height + GROUP_GAP_PX / 2 : 0;
}

/** The lane at a height; null between them. */
export function laneAt(bands: readonly Band[], y: number): { band: Band; index: number } | null {
  const band = bands.find(({ top, height }) => y >= top && y < top + height);
  if (!band) return null;
  const index = Math.floor((y - band.top) / LANE_PX);
  return index < band.lanes.length ? { band, index } : null;
}
