/** What of a frame is shown: where its middle is, how large it is, and how wide its particles are. */
import type { FrameView } from '../../wire/frame.ts';

export interface Scene {
  /** In the simulation's units; what is flat has 0 along z. */
  readonly centre: readonly [number, number, number];
  /** Of what has to be seen: it becomes 1. In the plane it is half of the longer edge. */
  readonly radius: number;
  /** How much has to be seen to the right and up, as parts of the radius. */
  readonly fit: readonly [number, number];
  readonly isFlat: boolean;
  /** Whether there is a box to be drawn. */
  readonly hasBox: boolean;
}

/** So many particles are enough to see where they are. */
const LOOKED_AT = 4_000;
/** Of particles in free space the farthest tenth need not be seen. */
const SEEN_PART = 0.9;
const FREE_MARGIN = 1.35;
/** In free space the picture is laid out anew when it has become too small, or this much too large. */
const TOO_LARGE = 3;
/** Of particles without a size: against the distance between them, were they spread evenly. */
const FREE_SIZE = 0.16;
const EVEN_SIZE = 0.42;

/** The scene of a frame, the same as before as long as that does. */
export function sceneOf(view: FrameView, before: Scene | null): Scene {
  const isFlat = view.dimensions < 3;
  const next = view.hasBox ? boxScene(view, isFlat) : freeScene(view, isFlat);
  if (!before || next.hasBox || before.hasBox || before.isFlat !== isFlat) return next;
  const drift = Math.hypot(...next.centre.map((at, axis) => at - before.centre[axis]!));
  const fits = next.radius <= before.radius * FREE_MARGIN && next.radius * TOO_LARGE >= before.radius;
  return fits && drift < before.radius / 3 ? before : next;
}

function boxScene({ edges, dimensions }: FrameView, isFlat: boolean): Scene {
  const lengths = edges.map((edge, axis) => (axis < dimensions ? usable(edge, 1) : 0));
  const radius = isFlat ? Math.max(...lengths) / 2 : Math.hypot(...lengths) / 2;
  const [right, up] = lengths.map((length) => length / 2 / radius);
  const fit: Scene['fit'] = isFlat ? [right!, up!] : [1, 1];
  return { centre: lengths.map((length) => length / 2) as never, radius, fit, isFlat, hasBox: true };
}

function freeScene(view: FrameView, isFlat: boolean): Scene {
  const places = sampledPlaces(view);
  const centre = [0, 1, 2].map((axis) => median(places.map((place) => place[axis]!))) as [number, number, number];
  const distances = places.map((place) => Math.hypot(...place.map((at, axis) => at - centre[axis]!)));
  const far = distances.sort((a, b) => a - b)[Math.floor(SEEN_PART * (distances.length - 1))];
  return { centre, radius: usable((far ?? 0) * FREE_MARGIN, 1), fit: [1, 1], isFlat, hasBox: false };
}

function sampledPlaces({ positions, dimensions, low, edges }: FrameView): number[][] {
  const count = positions.length / dimensions;
  const stride = Math.max(1, Math.ceil(count / LOOKED_AT));
  const places: number[][] = [];
  for (let i = 0; i < count; i += stride) {
    places.push(
      [0, 1, 2].map((axis) =>
        axis < dimensions ? low[axis]! + (edges[axis]! * positions[i * dimensions + axis]!) / 65_535 : 0,
      ),
    );
  }
  return places;
}

function median(numbers: number[]): number {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function usable(length: number, otherwise: number): number {
  return Number.isFinite(length) && length > 0 ? length : otherwise;
}

/** How wide half a particle is drawn, where the scene's radius is 1. */
export function particleRadius({ diameter, positions, dimensions, edges }: FrameView, scene: Scene): number {
  if (diameter !== null && diameter > 0) return diameter / 2 / scene.radius;
  const count = Math.max(1, positions.length / dimensions);
  if (!scene.hasBox) return FREE_SIZE * count ** (-1 / 3);
  const volume = edges.slice(0, dimensions).reduce((product, edge) => product * usable(edge, 1), 1);
  return (EVEN_SIZE * (volume / count) ** (1 / dimensions)) / scene.radius;
}

/** What a frame comes to in numbers. */
export interface Summary {
  readonly shown: number;
  readonly particles: number;
  /** Null where particles have no velocity. */
  readonly meanSpeed: number | null;
  readonly greatestSpeed: number | null;
  readonly lengths: readonly number[];
}

export function summaryOf(view: FrameView): Summary {
  const { speeds, greatestSpeed, dimensions, positions, particles, edges } = view;
  const sum = speeds?.reduce((total, speed) => total + speed, 0) ?? 0;
  return {
    ...{ shown: positions.length / dimensions, particles, lengths: edges.slice(0, dimensions) },
    meanSpeed: speeds && speeds.length > 0 ? (greatestSpeed * sum) / 255 / speeds.length : null,
    greatestSpeed: speeds ? greatestSpeed : null,
  };
}

/** The fastest particles all have the last colour: these would leave the others hardly any. */
const COLOURED_PART = 0.98;
/** How far the speed of the last colour may be off before it changes: a scale that always moves cannot be read. */
const SCALE_SLACK = 0.2;

/** The speed that has the last colour: the one before, as long as that does. Null where there are no speeds. */
export function fastColour({ speeds, greatestSpeed }: FrameView, before: number | null): number | null {
  if (!speeds || !(greatestSpeed > 0) || !Number.isFinite(greatestSpeed)) return speeds ? before : null;
  const counts = new Uint32Array(256);
  for (const speed of speeds) counts[speed]! += 1;
  let slower = 0;
  let part = 0;
  while (part < 255 && slower + counts[part]! < COLOURED_PART * speeds.length) slower += counts[part++]!;
  const fast = (greatestSpeed * Math.max(1, part)) / 255;
  return before !== null && Math.abs(fast / before - 1) < SCALE_SLACK ? before : fast;
}
