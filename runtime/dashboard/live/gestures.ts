/** Turning, moving and zooming by mouse, fingers and keys. */
import { moved, type Pose, type Size, turned, zoomed } from './camera.ts';

export interface GestureOptions {
  readonly size: () => Size;
  /** Of what is shown, in pixels, before any zoom. */
  readonly radius: () => number;
  /** In the plane there is nothing to turn. */
  readonly isFlat: () => boolean;
  readonly change: (next: (pose: Pose) => Pose) => void;
  readonly reset: () => void;
  /** Ends it all. */
  readonly signal: AbortSignal;
}

/** A tick of a wheel, a touch of a key: by so much, or so many pixels. */
const WHEEL = 0.0015;
const KEY_ZOOM = 1.2;
const KEY_PIXELS = 24;

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Listens on a canvas. One pointer turns (or moves what is flat, or with Shift), two zoom and move; the wheel zooms once
 * the canvas has the focus, so that it does not hold up who scrolls past it.
 */
export function listenForGestures(canvas: HTMLCanvasElement, options: GestureOptions): void {
  const { size, radius, isFlat, change, reset, signal } = options;
  const pointers = new Map<number, Point>();
  const at = (event: MouseEvent): Point => ({ x: event.offsetX, y: event.offsetY });
  const drag = (right: number, down: number, moves: boolean): void => {
    const whole = size();
    const side = Math.max(1, Math.min(whole.width, whole.height));
    change((pose) => (moves ? moved(pose, right, down, radius()) : turned(pose, right / side, down / side)));
  };

  canvas.addEventListener(
    'pointerdown',
    (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at(event));
    },
    { signal },
  );
  canvas.addEventListener(
    'pointermove',
    (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      pointers.set(event.pointerId, now);
      const [other] = others;
      if (other) pinch(options, before, now, other);
      else drag(now.x - before.x, now.y - before.y, isFlat() || event.shiftKey || event.buttons > 1);
    },
    { signal },
  );
  for (const end of ['pointerup', 'pointercancel'] as const)
    canvas.addEventListener(end, (event) => pointers.delete(event.pointerId), { signal });
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      const { x, y } = fromMiddle(at(event), size());
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 * event.deltaY : event.deltaY;
      change((pose) => zoomed(pose, Math.exp(-WHEEL * pixels), radius(), x, y));
    },
    { signal, passive: false },
  );
  canvas.addEventListener('dblclick', reset, { signal });
  canvas.addEventListener('keydown', (event) => press(event, options, drag), { signal });
}

/** Two fingers: what is between them stays between them. */
function pinch({ size, radius, change }: GestureOptions, before: Point, now: Point, other: Point): void {
  const [was, is] = [before, now].map((point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y)));
  const middle = fromMiddle({ x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }, size());
  change((pose) => {
    const shifted = moved(pose, (now.x - before.x) / 2, (now.y - before.y) / 2, radius());
    return zoomed(shifted, is! / was!, radius(), middle.x, middle.y);
  });
}

function press(
  event: KeyboardEvent,
  { radius, isFlat, change, reset }: GestureOptions,
  drag: (right: number, down: number, moves: boolean) => void,
): void {
  const arrows: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-KEY_PIXELS, 0],
    ArrowRight: [KEY_PIXELS, 0],
    ArrowUp: [0, -KEY_PIXELS],
    ArrowDown: [0, KEY_PIXELS],
  };
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = arrows[event.key];
  if (arrow) drag(...arrow, isFlat() || event.shiftKey);
  else if (event.key === '+' || event.key === '=') change((pose) => zoomed(pose, KEY_ZOOM, radius()));
  else if (event.key === '-') change((pose) => zoomed(pose, 1 / KEY_ZOOM, radius()));
  else if (event.key === '0' || event.key === 'Home') reset();
  else return;
  event.preventDefault();
}

/** Pixels to the right of the middle, and up. */
function fromMiddle({ x, y }: Point, { width, height }: Size): Point {
  return { x: x - width / 2, y: height / 2 - y };
}
