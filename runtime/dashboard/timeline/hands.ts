/** What mouse, wheel and fingers do on the timeline. */
import type { Stage } from './stage.ts';
import { pan, zoom } from './view.ts';

/** What a finger or the mouse does since it went down. */
interface Press {
  readonly x: number;
  readonly y: number;
  readonly isBrush: boolean;
  hasMoved: boolean;
  /** The time where it began. */
  readonly at: number;
}

/** A press that moves less is a click. */
const CLICK_PX = 4;

export class Hands {
  readonly #stage: Stage;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #press: Press | null = null;

  /** @param signal ends it */
  constructor(stage: Stage, signal: AbortSignal) {
    this.#stage = stage;
    const { canvas } = stage;
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false, signal });
    canvas.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    canvas.addEventListener('pointermove', (event) => this.#moved(event), { signal });
    canvas.addEventListener('pointerup', (event) => this.#up(event), { signal });
    canvas.addEventListener('pointercancel', (event) => this.#cancel(event), { signal });
    canvas.addEventListener('pointerleave', () => stage.point(null), { signal });
  }

  #wheel(event: WheelEvent): void {
    const x = event.offsetX - this.#stage.gutterPx;
    // Over the names it scrolls the lanes.
    if (x < 0) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const ground = this.#stage.ground();
    if (isSideways) this.#stage.move(pan(this.#stage.view, ground, (event.deltaX || event.deltaY) * unit));
    else
      this.#stage.move(
        zoom(this.#stage.view, ground, Math.exp((-event.deltaY * unit) / (event.ctrlKey ? 100 : 400)), x),
      );
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0 || event.offsetX < this.#stage.gutterPx) return;
    this.#stage.canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    const { offsetX: x, offsetY: y } = event;
    const isBrush = event.shiftKey || this.#stage.isBrushing.peek();
    const at = this.#stage.scale().time(x - this.#stage.gutterPx);
    this.#press = { x, y, isBrush, hasMoved: false, at };
  }

  #moved(event: PointerEvent): void {
    const held = this.#pointers.get(event.pointerId);
    if (!held || !this.#press) {
      this.#stage.point(this.#stage.hitAt(event.offsetX, event.offsetY));
      return;
    }
    if (this.#pointers.size === 2) this.#pinch(event, held);
    else this.#drag(event, this.#press);
    Object.assign(held, { x: event.offsetX, y: event.offsetY });
  }

  #pinch(event: PointerEvent, held: { x: number; y: number }): void {
    const other = [...this.#pointers.values()].find((pointer) => pointer !== held)!;
    const [before, after] = [Math.abs(held.x - other.x), Math.abs(event.offsetX - other.x)];
    const middle = (event.offsetX + other.x) / 2 - this.#stage.gutterPx;
    this.#press!.hasMoved = true;
    if (before > 8 && after > 8) this.#stage.move(zoom(this.#stage.view, this.#stage.ground(), after / before, middle));
  }

  #drag(event: PointerEvent, press: Press): void {
    press.hasMoved ||= Math.abs(event.offsetX - press.x) >= CLICK_PX;
    if (!press.hasMoved) return;
    this.#stage.point(null);
    if (!press.isBrush) {
      const before = this.#pointers.get(event.pointerId)!;
      this.#stage.move(pan(this.#stage.view, this.#stage.ground(), before.x - event.offsetX));
      return;
    }
    const time = this.#stage.scale().time(event.offsetX - this.#stage.gutterPx);
    this.#stage.brushed.value = { from: Math.min(press.at, time), to: Math.max(press.at, time) };
    this.#stage.invalidate();
  }

  #up(event: PointerEvent): void {
    const press = this.#press;
    this.#cancel(event);
    if (!press || this.#pointers.size > 0) return;
    if (press.hasMoved) {
      if (press.isBrush && this.#stage.brushed.peek()) this.#stage.options.onBrush(this.#stage.brushed.peek()!);
      return;
    }
    const pointed = this.#stage.hitAt(event.offsetX, event.offsetY);
    // A finger has nothing to hover with: its first touch shows what is there, the second opens it.
    const isKnown = event.pointerType === 'mouse' || pointed?.place === this.#stage.pointed.peek()?.place;
    if (pointed && isKnown) this.#stage.options.onOpen(pointed.place);
    else this.#stage.point(pointed);
  }

  #cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pointers.size === 0) this.#press = null;
  }
}
