/** Those who ask for the same while it is being made get the same answer. */
export class AskedTogether<Answer> {
  readonly #making = new Map<string, Promise<Answer>>();

  ask(question: string, make: () => Promise<Answer>): Promise<Answer> {
    const known = this.#making.get(question);
    if (known) return known;
    const made = make().finally(() => this.#making.delete(question));
    this.#making.set(question, made);
    return made;
  }
}
