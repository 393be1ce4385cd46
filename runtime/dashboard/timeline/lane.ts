/** One line of bars that do not overlap, in the order of time: by place in the list of attempts. */
export interface Times {
  /** When a bar begins and ends, by place; Infinity while it runs. */
  from(place: number): number;
  till(place: number): number;
}

export class Lane {
  readonly places: number[] = [];
  readonly #times: Times;

  constructor(times: Times) {
    this.#times = times;
  }

  /** The index of the first bar that begins after a time. */
  after(time: number): number {
    let [least, most] = [0, this.places.length];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (this.#times.from(this.places[middle]!) <= time) least = middle + 1;
      else most = middle;
    }
    return least;
  }

  /** The index of the first bar that ends after a time. */
  endingAfter(time: number): number {
    let [least, most] = [0, this.places.length];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (this.#times.till(this.places[middle]!) <= time) least = middle + 1;
      else most = middle;
    }
    return least;
  }

  /** Puts a bar in if there is room; bars may overlap by `slack` milliseconds. */
  take(place: number, slack = 0): boolean {
    const [from, till] = [this.#times.from(place), this.#times.till(place)];
    const index = this.after(from);
    const [before, next] = [this.places[index - 1], this.places[index]];
    if (before !== undefined && this.#times.till(before) > from + slack) return false;
    if (next !== undefined && till > this.#times.from(next) + slack) return false;
    this.places.splice(index, 0, place);
    return true;
  }
}
