/** Names with numbers, so that a column holds numbers. */
export class Names {
  readonly list: string[] = [];
  readonly #indices = new Map<string, number>();

  /** The number of a name; a new one gets the next. */
  indexOf(name: string): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    this.#indices.set(name, this.list.length);
    return this.list.push(name) - 1;
  }
}
