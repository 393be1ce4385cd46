/** How observables went since somebody began to look: evenly chosen points, however long that is. */

const MOST_POINTS = 240;

export class ObservableHistory {
  readonly #series = new Map<string, number[]>();
  /** Of so many values that come one is kept. */
  #every = 1;
  #count = 0;

  get names(): string[] {
    return [...this.#series.keys()];
  }

  of(name: string): readonly number[] {
    return this.#series.get(name) ?? [];
  }

  add(observables: Readonly<Record<string, number>>): void {
    this.#count += 1;
    if (this.#count % this.#every !== 0) return;
    for (const [name, value] of Object.entries(observables)) {
      const series = this.#series.get(name);
      if (series) series.push(value);
      else this.#series.set(name, [value]);
    }
    if ([...this.#series.values()].some(({ length }) => length > MOST_POINTS)) this.#thin();
  }

  #thin(): void {
    this.#every *= 2;
    for (const [name, values] of this.#series)
      this.#series.set(
        name,
        values.filter((_, index) => index % 2 === 1),
      );
  }
}

/** The path of a line through values, in a box of so many units; empty for fewer than two values. */
export function pathOf(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const least = Math.min(...values);
  const span = Math.max(...values) - least;
  const points = values.map((value, index) => {
    const x = (index * width) / (values.length - 1);
    const y = span > 0 ? height * (1 - (value - least) / span) : height / 2;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
