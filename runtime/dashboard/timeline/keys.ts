/** What keys do on the timeline: all that hands can, and from attempt to attempt. */
import { nearest, neighbour } from './hit.ts';
import type { Stage } from './stage.ts';
import { pan } from './view.ts';

const ZOOM_A_KEY = 1.5;
const PAN_A_KEY = 0.12;
const SCROLL_A_KEY_PX = 48;

export class Keys {
  readonly #stage: Stage;

  /** @param signal ends it */
  constructor(stage: Stage, signal: AbortSignal) {
    this.#stage = stage;
    stage.scroller.addEventListener('keydown', (event) => this.#key(event), { signal });
    stage.scroller.addEventListener('blur', () => stage.point(null), { signal });
  }

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
    '+': () => this.#done(() => this.#stage.zoomBy(ZOOM_A_KEY)),
    '=': () => this.#done(() => this.#stage.zoomBy(ZOOM_A_KEY)),
    '-': () => this.#done(() => this.#stage.zoomBy(1 / ZOOM_A_KEY)),
    Home: () => this.#done(() => this.#stage.whole()),
    f: () => this.#done(() => this.#stage.follow(this.#stage.view.mode !== 'follow')),
    F: () => this.#done(() => this.#stage.follow(this.#stage.view.mode !== 'follow')),
    Enter: () => this.#enter(),
    Escape: () => (this.#stage.pointed.peek() ? this.#done(() => this.#stage.point(null)) : undefined),
  };

  #done(work: () => void): true {
    work();
    return true;
  }

  /** Pans; goes from attempt to attempt once one is chosen. */
  #step(step: 1 | -1): true {
    const lane = this.#stage.laneOfPointed();
    if (!lane)
      return this.#done(() =>
        this.#stage.move(pan(this.#stage.view, this.#stage.ground(), step * PAN_A_KEY * this.#stage.plotPx)),
      );
    const place = neighbour(lane.lane, this.#stage.pointed.peek()!.place, step);
    if (place !== null) this.#stage.choose(place);
    return true;
  }

  #stepLane(step: 1 | -1): true | undefined {
    const at = this.#stage.laneOfPointed();
    if (!at) {
      this.#stage.scroller.scrollTop += step * SCROLL_A_KEY_PX;
      return true;
    }
    const lanes = this.#stage.lanes;
    const { attempts } = this.#stage.options.feed;
    const time = attempts.from(this.#stage.pointed.peek()!.place);
    for (let index = lanes.indexOf(at.lane) + step; lanes[index]; index += step) {
      const place = nearest(attempts, lanes[index]!, time);
      if (place !== null) return this.#done(() => this.#stage.choose(place));
    }
    return true;
  }

  /** Chooses the attempt in the middle; opens the chosen one. */
  #enter(): true {
    const pointed = this.#stage.pointed.peek();
    if (pointed) return this.#done(() => this.#stage.options.onOpen(pointed.place));
    const { attempts } = this.#stage.options.feed;
    const { from, to } = this.#stage.seen;
    const places = this.#stage.lanes.map((lane) => nearest(attempts, lane, (from + to) / 2));
    const place = places.find((one) => one !== null);
    if (place !== undefined) this.#stage.choose(place!);
    return true;
  }
}
